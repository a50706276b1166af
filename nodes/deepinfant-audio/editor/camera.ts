/** The fields of a camera: how it is found, its maker, its address and login, and the search for cameras. */
import { ask } from '../../editor/ask.js';
import { chosenNode, fill, textOf } from '../../editor/form.js';
import { translate } from '../../editor/translate.js';
import { publicAddress, splitAddress } from './camera-url.js';
import { watchChanges } from './forget-results.js';
import { showError, showMessage } from './message.js';
import type { AddressReply, CamerasReply, MakerChoice, MakersReply } from './replies.js';

const ADDRESS = '#node-input-url';
const KIND = '#node-input-kind';
const HASS = '#node-input-hass';
const ENTITY = '#node-input-entity';
const TRACK = '#node-input-track';
const WAY = '#deepinfant-audio-way';

/** The camera as the dialog has it; `id` is the node's, whose password the runtime knows. */
export function readCamera(id: string): {
  id: string;
  url: string;
  user: string;
  password: string;
  track: number;
  pauses: boolean;
} {
  return {
    id,
    url: textOf(ADDRESS).trim(),
    user: textOf('#node-input-user'),
    password: textOf('#node-input-password'),
    track: Number(textOf(TRACK)),
    pauses: $('#node-input-pauses').is(':checked'),
  };
}

/** Shows only the fields that the way needs by which the camera is to be found. */
export function offerWays(): void {
  $(WAY).val(textOf(KIND) === 'hassCamera' ? 'hass' : textOf(ADDRESS) ? 'address' : 'network');
  // Nodes of older flows have none.
  if (textOf(TRACK) === '') $(TRACK).val('0');
  $(WAY).on('change', () => {
    const kind = textOf(WAY) === 'hass' ? 'hassCamera' : 'camera';
    if (textOf(KIND) === kind) showWay();
    else fill(KIND, kind);
  });
  $(KIND).on('change', () => {
    if (textOf(KIND) === 'hassCamera') $(WAY).val('hass');
    else if (textOf(WAY) === 'hass') $(WAY).val(textOf(ADDRESS) ? 'address' : 'network');
    showWay();
  });
  $(ADDRESS).on('change', showWay);
  showWay();
}

function showWay(): void {
  const way = textOf(WAY);
  for (const row of $('[data-ways]').get()) $(row).toggle(row.dataset.ways!.split(' ').includes(way));
  // Of a camera that was found, it shows which one.
  $('.deepinfant-audio-address').toggle(way === 'address' || textOf(ADDRESS) !== '');
  showMessage('.deepinfant-audio-way-hint', translate(`deepinfant-audio.hint.${way}`));
}

/** What to do before a camera can be tested; nothing is, if it is empty. */
export function whatIsMissing(): string {
  const chosen: Partial<Record<string, string>> = {
    camera: textOf(ADDRESS).trim(),
    hassCamera: chosenNode(HASS) && textOf(ENTITY),
  };
  if (chosen[textOf(KIND)] !== '') return '';
  return translate(`deepinfant-audio.missing.${textOf(WAY)}`);
}

/** Moves user and password of a pasted address to their own fields, which are kept apart from the flow. */
export function moveLogin(): void {
  const address = textOf(ADDRESS);
  const { url, user, password } = splitAddress(address) ?? { url: address, user: '', password: '' };
  if (user) fill('#node-input-user', user);
  if (password) fill('#node-input-password', password);
  if (url !== address) fill(ADDRESS, url);
}

/** Leaves no secret in the address, which becomes part of the flow. */
export function removeSecrets(): void {
  moveLogin();
  fill(ADDRESS, publicAddress(textOf(ADDRESS)));
}

/** Makes the camera's address from its maker and host. */
export async function offerMakers(): Promise<void> {
  let makers: MakerChoice[] = [];
  const chosen = (): MakerChoice | undefined =>
    makers.find(({ id }) => id === textOf('#deepinfant-audio-maker'));
  $('#deepinfant-audio-maker').on('change', () => {
    showMaker(chosen());
  });
  $('.deepinfant-audio-by-maker input').on('change', () => void makeAddress(chosen()));
  showMaker(undefined);
  ({ makers = [] } = await ask<MakersReply>('deepinfant-audio/makers'));
  for (const { id, name } of makers) $('<option>').val(id).text(name).appendTo('#deepinfant-audio-maker');
}

function showMaker(maker: MakerChoice | undefined): void {
  $('.deepinfant-audio-by-maker').toggle(maker !== undefined);
  if (maker === undefined) return;
  $('.deepinfant-audio-by-stream').toggle(maker.needsStream);
  $('.deepinfant-audio-by-channel').toggle(maker.hasChannels);
  $('.deepinfant-audio-by-size').toggle(maker.hasLarge);
  showMessage('.deepinfant-audio-set-up', maker.setUp);
  if (maker.user) fill('#node-input-user', maker.user);
  void makeAddress(maker);
}

async function makeAddress(maker: MakerChoice | undefined): Promise<void> {
  const host = textOf('#deepinfant-audio-host').trim();
  const stream = textOf('#deepinfant-audio-stream').trim();
  if (maker === undefined || host === '' || (maker.needsStream && stream === '')) return;
  const { address, error } = await ask<AddressReply>('deepinfant-audio/address', {
    maker: maker.id,
    host,
    stream,
    channel: Number(textOf('#deepinfant-audio-channel')),
    large: $('#deepinfant-audio-large').is(':checked'),
  });
  if (address) fill(ADDRESS, address);
  if (error) showError('.deepinfant-audio-set-up', error);
  else showMessage('.deepinfant-audio-set-up', maker.setUp);
}

/** Looks for cameras, and offers what was found. */
export async function findCameras(id: string): Promise<void> {
  const list = $('.deepinfant-audio-found').empty();
  const addLine = (): JQuery => $('<li>').appendTo(list);
  const button = $('#deepinfant-audio-find').prop('disabled', true);
  const server = textOf('#deepinfant-audio-server').trim();
  const network = textOf(WAY) !== 'server';
  if (!network && server === '') {
    button.prop('disabled', false);
    showError(addLine(), translate('deepinfant-audio.says.noServer'));
    return;
  }
  const where = network ? { network } : { network, [textOf('#deepinfant-audio-server-kind')]: server };
  showMessage(addLine(), translate('deepinfant-audio.says.finding'));
  const isUnchanged = watchChanges();
  const reply = await ask<CamerasReply>('deepinfant-audio/cameras', { ...readCamera(id), ...where });
  const { cameras = [], problems = [], error } = reply;
  button.prop('disabled', false);
  list.empty();
  if (!isUnchanged()) return;
  for (const camera of cameras) addLine().append(cameraButton(camera));
  for (const problem of error ? [error] : problems) showError(addLine(), problem);
  if (cameras.length === 0 && !error) showMessage(addLine(), translate('deepinfant-audio.says.noCamera'));
}

function cameraButton(camera: CamerasReply['cameras'][number]): JQuery {
  const { name, host, via, address = '', tracks = [], problem } = camera;
  const facts = [via, address || host, tracks.map(({ kind, codec }) => `${kind} ${codec}`).join(', ')];
  return $('<button type="button" class="red-ui-button">')
    .append($('<b>').text(name))
    .append($('<small>').text(facts.filter(Boolean).join(' · ')))
    .append(problem ? $('<small class="deepinfant-audio-error">').text(problem) : '')
    .prop('disabled', address === '')
    .on('click', () => {
      fill(ADDRESS, address);
    });
}
