import assert from 'node:assert/strict';
import { formatCsv, parseCsv } from '../../src/files/csv.js';

describe('parseCsv', () => {
  it('reads quoted fields, doubled quotes, line breaks in quotes, empty fields and all line ends', () => {
    assert.deepEqual(parseCsv('a,b,c\r\n1,"x, ""y""\nz",\n\n,,3\r4', ['a', 'b', 'c']), [
      { a: '1', b: 'x, "y"\nz', c: '' },
      { a: '', b: '', c: '3' },
      { a: '4', b: '', c: '' },
    ]);
    assert.deepEqual(parseCsv('a\n1', ['b', 'a']), [{ b: '', a: '1' }]);
    assert.deepEqual(parseCsv(',a\n0,""\n1,x', ['a']), [{ a: '' }, { a: 'x' }]);
    assert.deepEqual(parseCsv('', ['a']), []);
  });

  it('skips a byte-order mark', () => {
    assert.deepEqual(parseCsv('\ufeffa,b\n1,2', ['a', 'b']), [{ a: '1', b: '2' }]);
    assert.deepEqual(parseCsv('\ufeff"a",b\n1,2', ['a', 'b']), [{ a: '1', b: '2' }]);
  });

  it('reads fields of millions of characters and quotes', () => {
    const plain = 'x'.repeat(3e6);
    const quotes = '"'.repeat(2e6);
    assert.deepEqual(parseCsv(`a,b\n${plain},"${quotes}${quotes}"`, ['a', 'b']), [{ a: plain, b: quotes }]);
  });

  it('names the line from which on a table cannot be trusted', () => {
    for (const [table, message] of [
      ['a,b\n1,"2\n3",4\n', /^Line 3 has more fields than the 2 of the first line.*"4/],
      ['a,b\r\n1,2\r\n"3,4\r\n5,6', /^Line 3 has a quote that is not closed/],
      ['a,b\n1,"2"x\n', /^Line 2 has .*text after a closing quote/],
    ] as const)
      assert.throws(() => parseCsv(table, ['a', 'b']), { code: 'csv', message });
  });
});

describe('formatCsv', () => {
  it('writes what parseCsv reads, quoted only where it must be', () => {
    const columns = ['a', 'b, c'] as const;
    const rows = [
      { a: 'plain', 'b, c': 'x, "y"\nz' },
      { a: 1.5, 'b, c': undefined },
      { a: '', 'b, c': '\r' },
    ];
    const table = formatCsv(columns, rows);
    assert.equal(table, 'a,"b, c"\r\nplain,"x, ""y""\nz"\r\n1.5,\r\n,"\r"\r\n');
    assert.deepEqual(parseCsv(table, columns), [
      { a: 'plain', 'b, c': 'x, "y"\nz' },
      { a: '1.5', 'b, c': '' },
      { a: '', 'b, c': '\r' },
    ]);
  });

  it('writes the columns of a table without rows', () => {
    assert.equal(formatCsv(['a', 'b'], []), 'a,b\r\n');
  });
});
