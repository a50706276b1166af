/** What the runtime answers the dialog. */

export interface TroubleReply {
  /** What is wrong with the baby's files, in sentences. */
  files: string[];
  /** What is wrong with Baby Buddy, in sentences. */
  babyBuddy: string[];
}

/** The replies by what the dialog asks for. */
export interface BabyReplies {
  trouble: TroubleReply;
  forget: object;
}
