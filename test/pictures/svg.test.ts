import assert from 'node:assert/strict';
import { element, image, rect, svg, text, withTitle } from '../../src/pictures/svg.js';

const HOSTILE = '"/><script>alert("1")</script>&';
const ESCAPED = '&quot;/&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;';

describe('SVG elements', () => {
  it('escape attributes as well as texts', () => {
    assert.equal(element('g', { class: HOSTILE }), `<g class="${ESCAPED}"/>`);
    assert.equal(rect(0, 0, 1, 1, { fill: HOSTILE }).match(/</g)!.length, 1);
    assert.equal(text(1, 2, HOSTILE, { class: HOSTILE }).match(/</g)!.length, 2);
    assert.equal(
      svg(10, 20, { 'aria-label': HOSTILE }),
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20" aria-label="${ESCAPED}"/>`,
    );
    assert.equal(withTitle(HOSTILE), `<g><title>${ESCAPED}</title></g>`);
  });

  it('round places and lengths to a tenth, and leave other numbers as they are', () => {
    assert.equal(
      rect(1.23, 4.56, 7.89, 0.12, { opacity: 0.15 }),
      '<rect x="1.2" y="4.6" width="7.9" height="0.1" opacity="0.15"/>',
    );
  });

  it('leave out what is undefined, and a text without words', () => {
    assert.equal(element('path', { d: 'M0 0', stroke: undefined }), '<path d="M0 0"/>');
    assert.equal(text(1, 2, ''), '');
  });

  it('hold a PNG in base64', () => {
    assert.match(
      image(Uint8Array.of(1, 2, 3), 0, 0, 10, 5),
      /^<image href="data:image\/png;base64,AQID" x="0" y="0" width="10" height="5"/,
    );
  });
});
