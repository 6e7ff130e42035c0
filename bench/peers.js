// Measures what else writes tickets to ESC/POS printers, for bench/peers.go: lines of spans on
// standard input; for each round, the nanoseconds of one ticket of each peer on standard output.
'use strict';
const { rounds, tickets } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const receiptline = require('receiptline');
const { printer: Printer, types, characterSet } = require('node-thermal-printer');

// receiptline has a language of its own: | at the left edge, ^ for sizes, quotes for weight, ~ for a space.
const escaped = (s) => s.replace(/[\\|{}~_"`^]/g, '\\$&').replace(/ /g, '~');
const size = (s) => (s.Width > 1 ? (s.Height > 1 ? '^^^' : '^') : s.Height > 1 ? '^^' : '');
const document = (lines) => lines.map((spans) => '|' + spans.map((s) => {
  let text = size(s) + escaped(s.Text) + (size(s) && '^'.repeat(size(s).length));
  if (s.Bold) text = '"' + text + '"';
  return s.Reverse ? '`' + text + '`' : text;
}).join('')).join('\n') + '\n=\n';
const documents = tickets.map(document);
const options = { cpl: 48, encoding: 'cp858', command: 'escpos' };

const thermal = new Printer({ type: types.EPSON, characterSet: characterSet.WPC1252, interface: 'tcp://127.0.0.1:9', width: 48 });
const write = (lines) => {
  thermal.clear();
  thermal.alignLeft();
  for (const spans of lines) {
    for (const s of spans) {
      thermal.setTextSize(s.Width - 1, s.Height - 1); // its parameters are named the other way round
      thermal.bold(s.Bold);
      thermal.invert(s.Reverse);
      thermal.print(s.Text);
    }
    thermal.newLine();
  }
  thermal.cut();
  return thermal.getBuffer();
};

const peers = {
  receiptline: (i) => receiptline.transform(documents[i], options),
  'node-thermal-printer': (i) => write(tickets[i]),
};
const out = {};
const turns = 200;
for (const [name, once] of Object.entries(peers)) {
  for (let i = 0; i < turns; i++) once(i % tickets.length); // warm
  out[name] = [];
  for (let r = 0; r < rounds; r++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < turns; i++) once(i % tickets.length);
    out[name].push(Number(process.hrtime.bigint() - start) / turns);
  }
}
console.log(JSON.stringify(out));
