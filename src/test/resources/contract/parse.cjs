// Parses an AsyncAPI document; prints its size, or what is wrong with it.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Parser } = createRequire(process.cwd() + '/')('@asyncapi/parser');

new Parser().parse(readFileSync(process.argv[2], 'utf8')).then(({ document, diagnostics }) => {
  const errors = diagnostics.filter(each => each.severity === 0);
  errors.forEach(each => console.log(each.path.join('.') + ': ' + each.message));
  if (!document || errors.length) process.exit(1);
  console.log('channels ' + document.channels().all().length);
  console.log('messages ' + document.components().messages().all().length);
});
