/** A unified diff as lines that are coloured by what they do. Everything is text: nothing of it is read as HTML. */
export function diff(text, most = 4000) {
  const box = document.createElement('div');
  box.className = 'diff';
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', 'Diff');
  const lines = text.split('\n');
  for (const line of lines.slice(0, most)) {
    const row = document.createElement('div');
    row.textContent = line || ' ';
    if (line.startsWith('diff ')) row.className = 'file';
    else if (/^(index|---|\+\+\+|new file|deleted file|rename|similarity|old mode|new mode)\b|^(---|\+\+\+) /.test(line)) row.className = 'hunk';
    else if (line.startsWith('@@')) row.className = 'hunk';
    else if (line.startsWith('+')) row.className = 'add';
    else if (line.startsWith('-')) row.className = 'del';
    box.append(row);
  }
  if (lines.length > most) {
    const rest = document.createElement('div');
    rest.className = 'hunk';
    rest.textContent = `… ${lines.length - most} more lines`;
    box.append(rest);
  }
  return box;
}
