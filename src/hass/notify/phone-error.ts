import { DeepInfantError, messageOf } from '../../errors.js';

/** Why a phone got no notification, and what to do. @param phone the action, such as `notify.mobile_app_annas_phone` */
export function phoneError(phone: string, error: unknown): DeepInfantError {
  const why = withoutIds(messageOf(error));
  return new DeepInfantError(
    'phone',
    `Cannot reach ${phone}. ${why} If the phone was renamed, choose it again in this node.`,
  );
}

/** Without what opens a phone's webhook. */
function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{32,}/g, '…').replace(/[^.]$/, '$&.');
}
