import assert from 'node:assert/strict';
import { RoomLevel } from '../../src/detect/room-level.js';

describe('RoomLevel', () => {
  it('knows nothing at first', () => {
    assert.equal(new RoomLevel().db, undefined);
  });

  it('is the plain mean in its first half minute', () => {
    const room = new RoomLevel();
    for (const db of [-60, -50, -40]) room.hear(db, 1);
    assert.ok(Math.abs(room.db! + 50) < 1e-9);
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
