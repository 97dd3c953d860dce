"""The little that pages do by themselves: dark or light, all numbers at once, every factor open on paper, tables that are searched."""

SCRIPT = """
(function () {
  var root = document.documentElement, folds = Array.from(document.querySelectorAll('details'));
  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  document.getElementById('theme').addEventListener('click', function () {
    var now = root.dataset.theme || (dark.matches ? 'dark' : 'light');
    root.dataset.theme = now === 'dark' ? 'light' : 'dark';
  });
  var unfold = document.getElementById('unfold');
  if (unfold) unfold.addEventListener('click', function () {
    var open = folds.some(function (it) { return !it.open; });
    folds.forEach(function (it) { it.open = open; });
    unfold.textContent = open ? 'Close all numbers' : 'Open all numbers';
  });
  var factors = folds.filter(function (it) { return it.className === 'factor'; }), before = [];
  window.addEventListener('beforeprint', function () {
    before = factors.map(function (it) { return it.open; });
    factors.forEach(function (it) { it.open = true; });
  });
  window.addEventListener('afterprint', function () {
    factors.forEach(function (it, i) { it.open = before[i]; });
  });
})();
"""
# Rows that are searched, chosen and sorted: the columns' heads become buttons, and what is not shown is one press away.
SEARCH = """
Array.from(document.querySelectorAll('.searched')).forEach(function (box) {
  var table = box.querySelector('table'), body = table.tBodies[0], rows = Array.from(body.rows), most = +box.dataset.most;
  var heads = Array.from(table.tHead.rows[0].cells), search = box.querySelector('input'), said = box.querySelector('output');
  var order = box.querySelector('[data-order]'), choices = Array.from(box.querySelectorAll('[data-column]'));
  var more = box.querySelector('.more'), isWhole = false, sorted = -1, isUp = false;
  function whole(cell) {
    var cut = cell.querySelector('[title]');
    return cut ? cut.title : cell.textContent;
  }
  function plain(text) { return text.toLowerCase().replace(/\\s+/g, ' '); }
  function amount(text) {
    var found = /-?[0-9][0-9,]*(\\.[0-9]+)?/.exec(text.replace('\u2212', '-'));
    if (!found) return -Infinity;
    var unit = { K: 1e3, M: 1e6, B: 1e9 }[text.charAt(found.index + found[0].length)] || 1;
    return (+found[0].replace(/,/g, '') - (text.indexOf('fewer') === 0 ? 0.5 : 0)) * unit;
  }
  var texts = rows.map(function (row) { return plain(Array.from(row.cells).map(whole).join(' ')); });
  var places = new Map(rows.map(function (row, i) { return [row, i]; }));
  function value(row, column) {
    var text = whole(row.cells[column]);
    return heads[column].className === 'number' ? amount(text) : plain(text);
  }
  function show() {
    var words = plain(search.value).split(' '), shown = 0;
    var wanted = choices.filter(function (it) { return it.value; });
    Array.from(body.rows).forEach(function (row) {
      var fits = words.every(function (it) { return texts[places.get(row)].indexOf(it) >= 0; }) &&
        wanted.every(function (it) { return whole(row.cells[+it.dataset.column]) === it.value; });
      shown += fits ? 1 : 0;
      row.hidden = !fits || (!isWhole && shown > most);
    });
    said.textContent = (shown === rows.length ? '' : shown + ' of ') + rows.length + (rows.length === 1 ? ' row' : ' rows');
    more.hidden = shown <= most;
    more.textContent = isWhole ? 'Show fewer' : 'Show all ' + shown;
  }
  function sort(column, up) {
    sorted = column;
    isUp = up;
    var keys = new Map(rows.map(function (row) { return [row, value(row, column)]; }));
    rows.slice().sort(function (a, b) {
      var x = keys.get(a), y = keys.get(b), by = typeof x === 'string' ? x.localeCompare(y) : x < y ? -1 : x > y ? 1 : 0;
      return (up ? by : -by) || places.get(a) - places.get(b);
    }).forEach(function (row) { body.appendChild(row); });
    heads.forEach(function (head, i) {
      if (i === column) head.setAttribute('aria-sort', up ? 'ascending' : 'descending'); else head.removeAttribute('aria-sort');
    });
    order.value = String(column);
    show();
  }
  function offer(select, value, text) {
    var option = document.createElement('option');
    option.value = value;
    option.textContent = text;
    select.appendChild(option);
  }
  offer(order, '', 'this page');
  heads.forEach(function (head, i) {
    var button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.textContent = '';
    head.appendChild(button);
    button.addEventListener('click', function () { sort(i, sorted === i ? !isUp : head.className !== 'number'); });
    offer(order, String(i), button.textContent);
  });
  order.addEventListener('change', function () {
    if (order.value) { sort(+order.value, heads[+order.value].className !== 'number'); return; }
    sorted = -1;
    rows.forEach(function (row) { body.appendChild(row); });
    heads.forEach(function (head) { head.removeAttribute('aria-sort'); });
    show();
  });
  choices.forEach(function (select) {
    var values = new Set(rows.map(function (row) { return whole(row.cells[+select.dataset.column]); }));
    Array.from(values).sort(function (a, b) { return a.localeCompare(b); }).forEach(function (it) { offer(select, it, it); });
    select.addEventListener('change', show);
  });
  search.addEventListener('input', show);
  more.addEventListener('click', function () { isWhole = !isWhole; show(); });
  box.querySelector('.finder').hidden = false;
  show();
});
"""
