"""compare.py LAYERS RUN PART: cycles of all layers as acc-layers has them, to the whole ones of a layer, and as a program takes them."""

import re
import sys

count, each = map(int, re.search(r"(\d+) x attention \+ feed-forward\s+(\d+) cycles", open(sys.argv[1]).read()).groups())
whole = int(re.search(r"(\d+) cycles", open(sys.argv[2]).read()).group(1))
assert abs(count * each - whole) <= count + float(sys.argv[3]) * whole, f"{count} layers of {each} cycles, and {whole} together"
