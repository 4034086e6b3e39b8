// Runs before the first paint, so that a dark page never flashes white. A file, not inline: the
// content security policy allows no inline script.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('a67.theme');
  } catch {
    // Storage may be blocked; the system's theme is then used.
  }
  var dark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
