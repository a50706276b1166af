/** How an entity of Home Assistant is. */
export interface EntityState {
  /** Such as `on`, `off` or `unavailable`. */
  state: string;
  attributes: Readonly<Record<string, unknown>>;
  context: EntityContext;
}

/** Who brought a state about: what one call changes has one id. */
export interface EntityContext {
  id: string;
  user_id: string | null;
  parent_id: string | null;
}

/** The compact form in which the command `subscribe_entities` tells states: added, changed, removed. */
export interface EntitiesEvent {
  a?: Record<string, CompactState>;
  c?: Record<string, { '+'?: Partial<CompactState>; '-'?: { a?: string[] } }>;
  r?: string[];
}

interface CompactState {
  s: string;
  a: Record<string, unknown>;
  /** The context's id alone, where the rest is as before or null. */
  c: string | Partial<EntityContext>;
}

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

function contextAfter(before: EntityContext, change: string | Partial<EntityContext>): EntityContext {
  return { ...before, ...(typeof change === 'string' ? { id: change } : change) };
}
