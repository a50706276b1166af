/** A thread of `ThreadedClassifier`. Its data is a LoadedModel, its messages are segments, answered in their order. */
import { parentPort, workerData } from 'node:worker_threads';
import { Turns } from '../turns.js';
import { LoadedClassifier, type LoadedModel } from './loaded-classifier.js';
import { scoreSegment, type Segment } from './segment.js';

const classifier = new LoadedClassifier(workerData as LoadedModel);
const turns = new Turns();

parentPort!.on('message', (segment: Segment) => {
  void turns.take(async () => {
    parentPort!.postMessage(await scoreSegment(classifier, segment));
  });
});
