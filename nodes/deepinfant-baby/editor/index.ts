/** What the definition in ../deepinfant-baby.html refers to. */
import type { NodeInstance } from '@node-red/editor-client';
import { ask } from '../../editor/ask.js';
import { textOf } from '../../editor/form.js';
import { labelOrName } from '../../editor/labels.js';
import { isNumberFrom } from '../../editor/numbers.js';
import { translate } from '../../editor/translate.js';
import { validator } from '../../editor/validator.js';
import type { TroubleReply } from './replies.js';

/** A baby that was set up before there was a journal lacks what it keeps. */
type BabyNode = NodeInstance<{ name?: string; keepsSound?: boolean; keepDays?: number; soundMb?: number }>;

const MESSAGE = '#deepinfant-baby-message';
const BABY_BUDDY_MESSAGE = '#deepinfant-baby-buddy-message';

export const validateBirthDate = validator(
  date => date === '' || new Date(date) <= new Date(),
  'deepinfant-baby.invalid.birthDate',
);
export const validateKeepDays = validator(
  days => isNumberFrom(days, 1, 36_500),
  'deepinfant-baby.invalid.keepDays',
);
export const validateSoundMb = validator(
  size => isNumberFrom(size, 1, 10_000_000),
  'deepinfant-baby.invalid.soundMb',
);

export const label = labelOrName('deepinfant-baby.title');

export function oneditprepare(this: BabyNode): void {
  fillMissing(this);
  $('#node-config-input-babyBuddy').on('input', showBabyBuddy);
  showBabyBuddy();
  $('#node-config-input-keepsSound').on('change', showSound);
  showSound();
  void showTrouble(this.id);
  $('#deepinfant-baby-forget').on('click', () => void forget(this.id));
}

function fillMissing(baby: BabyNode): void {
  if (baby.keepDays === undefined) $('#node-config-input-keepDays').val(365);
  if (baby.soundMb === undefined) $('#node-config-input-soundMb').val(1000);
  if (baby.keepsSound === undefined) $('#node-config-input-keepsSound').prop('checked', true);
}

function showBabyBuddy(): void {
  $('.deepinfant-baby-buddy').toggle(textOf('#node-config-input-babyBuddy').trim() !== '');
}

function showSound(): void {
  $('.deepinfant-baby-sound').toggle($('#node-config-input-keepsSound').is(':checked'));
}

async function showTrouble(id: string): Promise<void> {
  const { files = [], babyBuddy = [], error } = await ask<TroubleReply>('deepinfant-baby/trouble', { id });
  $(MESSAGE).text(error ?? files.join(' '));
  $(BABY_BUDDY_MESSAGE).text(babyBuddy.join(' '));
}

async function forget(id: string): Promise<void> {
  if (!window.confirm(translate('deepinfant-baby.says.reallyForget'))) return;
  const { error } = await ask('deepinfant-baby/forget', { id });
  $(MESSAGE).text(error ?? translate('deepinfant-baby.says.forgotten'));
}
export { saveVersion as oneditsave } from '../../editor/version.js';
