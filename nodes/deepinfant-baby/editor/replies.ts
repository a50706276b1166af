/** What the runtime answers the dialog. */

export interface TroubleReply {
  /** What is wrong with the baby's files or with Baby Buddy, in sentences. */
  trouble: string[];
}

/** The replies by what the dialog asks for. */
export interface BabyReplies {
  trouble: TroubleReply;
  forget: object;
}
