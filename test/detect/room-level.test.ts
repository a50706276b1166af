import assert from 'node:assert/strict';
import { RoomLevel } from '../../src/detect/room-level.js';

describe('RoomLevel', () => {
  it('knows nothing at first', () => {
    assert.equal(new RoomLevel().db, undefined);
  });

  it('is the quiet under speech and music', () => {
    const room = new RoomLevel();
    for (let second = 0; second < 40; second++) room.hear(second % 10 < 7 ? -25 : -55, 1);
    assert.equal(room.db, -55);
  });

  it('follows a noise machine within two minutes', () => {
    const room = new RoomLevel();
    for (let second = 0; second < 600; second++) room.hear(-60, 1);
    for (let second = 0; second < 120; second++) room.hear(-30, 1);
    assert.ok(Math.abs(room.db! + 30) < 1);
  });

  it('does not take a muted microphone for a quieter room', () => {
    const room = new RoomLevel();
    room.hear(-120, 10);
    assert.equal(room.db, -70);
  });
});
