import { Mn04 } from './mn04.js';
import type { WindowTeacher } from './window-teacher.js';
import { Yamnet } from './yamnet.js';

/** Opens mn04's file (.onnx) or YAMNet's (.tflite). @throws DeepInfantError what their `open` throws */
export function openTeacher(file: string): Promise<WindowTeacher> {
  return file.endsWith('.onnx') ? Mn04.open(file) : Yamnet.open(file);
}
