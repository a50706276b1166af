/** Cameras in a process of their own, whose addresses it sends to the parent; with that they go. */
import { RtspCamera } from '../rtsp/rtsp-camera.js';

async function main(): Promise<void> {
  const cameras = (['L16', 'PCMA'] as const).flatMap(audio => [
    new RtspCamera({ audio }),
    new RtspCamera({ audio, video: true }),
    Object.assign(new RtspCamera({ audio, video: true }), { audioOnlyStatus: 454 }),
  ]);
  await Promise.all(cameras.map(camera => camera.start()));
  process.send!(cameras.map(({ url }) => url));
}

process.once('disconnect', () => {
  process.exit();
});
void main();
