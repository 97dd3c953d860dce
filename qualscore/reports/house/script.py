"""The little that pages do by themselves: dark or light, all numbers at once, and every factor open on paper."""

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
