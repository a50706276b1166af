import { textOf } from '../../editor/form.js';
import { translate } from '../../editor/translate.js';

const PRESET = '#node-input-preset';
const MODEL = '#node-input-model';

/** Says below the preset what it did in measured nights, and below the model what it is for. */
export function explainChoices(): void {
  const explain = (): void => {
    const model = RED.settings.deepinfantDetectorModels.find(({ name }) => name === textOf(MODEL));
    const figures = model?.figures[textOf(PRESET)];
    const sentence = figures
      ? translate('deepinfant-detector.figures', {
          found: figures.found,
          episodes: figures.episodes,
          alarms: figures.falseAlarmsPerNight.toLocaleString(RED.i18n.lang()),
        })
      : '';
    $('#deepinfant-detector-figures').text(sentence);
    $('#deepinfant-detector-purpose').text(
      model ? translate(`deepinfant-detector.purpose.${model.name}`) : '',
    );
  };
  $(`${PRESET}, ${MODEL}`).on('change', explain);
  explain();
}
