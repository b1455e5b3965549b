"""browser.py FILE.html SCRIPT.js: opens the page in Chromium that prefers dark pages, runs the script in it, and fails unless that says "ok" and the console is empty."""

import html
import re
import subprocess
import sys
import tempfile

page, script = (open(name, encoding="utf-8").read() for name in sys.argv[1:3])
with tempfile.TemporaryDirectory() as folder:
    copy = folder + "/page.html"
    with open(copy, "w", encoding="utf-8") as file:
        file.write(page.replace("</body>", f"<script>{script}</script>\n</body>"))
    run = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + folder + "/user", "--window-size=1200,900",
         "--blink-settings=preferredColorScheme=0", "--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom", "file://" + copy],
        capture_output=True, text=True, check=True)
console = [line for line in run.stderr.splitlines() if "CONSOLE" in line]
assert not console, "\n".join(console)
result = re.search(r'<pre id="checked">(.*?)</pre>', run.stdout, re.S)
assert result, run.stdout[-2000:]
assert html.unescape(result.group(1)) == "ok", html.unescape(result.group(1))
