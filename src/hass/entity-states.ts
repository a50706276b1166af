import * as v from 'valibot';

/** The state of an entity of Home Assistant. */
export interface EntityState {
  /** Such as `on`, `off` or `unavailable`. */
  state: string;
  attributes: Readonly<Record<string, unknown>>;
  context: EntityContext;
}

/** Who caused a state: what one call changes has one id. */
export interface EntityContext {
  id: string;
  user_id: string | null;
  parent_id: string | null;
}

const ATTRIBUTES = v.record(v.string(), v.unknown());
/** The context's id alone, where the rest is as before or null. */
const CONTEXT = v.union([
  v.string(),
  v.object({
    id: v.optional(v.string()),
    user_id: v.optional(v.nullable(v.string())),
    parent_id: v.optional(v.nullable(v.string())),
  }),
]);

/** The compact form in which the command `subscribe_entities` sends states: added, changed, removed. */
export const ENTITIES_EVENT = v.object({
  a: v.optional(v.record(v.string(), v.object({ s: v.string(), a: ATTRIBUTES, c: CONTEXT }))),
  c: v.optional(
    v.record(
      v.string(),
      v.object({
        '+': v.optional(
          v.object({ s: v.optional(v.string()), a: v.optional(ATTRIBUTES), c: v.optional(CONTEXT) }),
        ),
        '-': v.optional(v.object({ a: v.optional(v.array(v.string())) })),
      }),
    ),
  ),
  r: v.optional(v.array(v.string())),
});
export type EntitiesEvent = v.InferOutput<typeof ENTITIES_EVENT>;

const NOBODY: EntityContext = { id: '', user_id: null, parent_id: null };

/** The entities' states after an event, as Home Assistant's own pages compute them; those that did not change are the same. */
export function afterEvent(
  states: ReadonlyMap<string, EntityState>,
  { a = {}, c = {}, r = [] }: EntitiesEvent,
): Map<string, EntityState> {
  const next = new Map(states);
  for (const [id, added] of Object.entries(a))
    next.set(id, { state: added.s, attributes: added.a, context: contextAfter(NOBODY, added.c) });
  for (const [id, { '+': plus = {}, '-': minus = {} }] of Object.entries(c)) {
    const before = next.get(id);
    if (before === undefined) continue;
    const attributes = { ...before.attributes, ...plus.a };
    const kept = Object.entries(attributes).filter(([name]) => !minus.a?.includes(name));
    next.set(id, {
      state: plus.s ?? before.state,
      attributes: Object.fromEntries(kept),
      context: contextAfter(before.context, plus.c ?? {}),
    });
  }
  for (const id of r) next.delete(id);
  return next;
}

function contextAfter(before: EntityContext, change: v.InferOutput<typeof CONTEXT>): EntityContext {
  return { ...before, ...(typeof change === 'string' ? { id: change } : change) };
}
