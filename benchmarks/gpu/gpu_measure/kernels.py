"""Kernels in PTX, which any driver since CUDA 11 compiles for its GPU.

Each thread walks over 16-byte items with the stride of the grid:
`copy(to, from, items)`, `read(to, from, items)`, `write(to, from, items)`.
"""

_HEAD = ".version 7.0\n.target sm_70\n.address_size 64\n"

_WALK = """
.visible .entry {name}(.param .u64 to, .param .u64 from, .param .u64 items)
{{
  .reg .pred %p<2>;
  .reg .b32 %r<16>;
  .reg .b64 %d<10>;
  ld.param.u64 %d1, [to];
  ld.param.u64 %d2, [from];
  ld.param.u64 %d3, [items];
  cvta.to.global.u64 %d1, %d1;
  cvta.to.global.u64 %d2, %d2;
  mov.u32 %r1, %ctaid.x;
  mov.u32 %r2, %ntid.x;
  mov.u32 %r3, %tid.x;
  mov.u32 %r4, %nctaid.x;
  mul.wide.u32 %d4, %r1, %r2;
  cvt.u64.u32 %d5, %r3;
  add.u64 %d4, %d4, %d5;
  mul.wide.u32 %d6, %r4, %r2;
  mov.u32 %r9, 0;
  mov.u32 %r10, 0;
  mov.u32 %r11, 0;
  mov.u32 %r12, 0;
LOOP:
  setp.ge.u64 %p1, %d4, %d3;
  @%p1 bra DONE;
  shl.b64 %d7, %d4, 4;
  add.u64 %d8, %d2, %d7;
  add.u64 %d9, %d1, %d7;
{body}
  add.u64 %d4, %d4, %d6;
  bra LOOP;
DONE:
{end}
  ret;
}}
"""

_LOAD = "  ld.global.v4.u32 {%r5, %r6, %r7, %r8}, [%d8];"
_BODIES = {
    "copy": (_LOAD + "\n  st.global.v4.u32 [%d9], {%r5, %r6, %r7, %r8};", ""),
    # The sum is stored only if it is one value of 2^32, so that the loads are
    # needed and nothing is written.
    "read": (
        _LOAD + "\n  xor.b32 %r5, %r5, %r6;\n  xor.b32 %r7, %r7, %r8;"
        "\n  xor.b32 %r9, %r9, %r5;\n  xor.b32 %r9, %r9, %r7;",
        "  setp.ne.u32 %p1, %r9, 0x9e3779b9;\n  @%p1 ret;\n  st.global.u32 [%d1], %r9;",
    ),
    "write": ("  st.global.v4.u32 [%d9], {%r9, %r10, %r11, %r12};", ""),
}

# Bytes that a kernel moves for every byte of the array.
TRAFFIC = {"copy": 2, "read": 1, "write": 1}


def ptx():
    """One module with all kernels."""
    text = _HEAD
    for name, (body, end) in _BODIES.items():
        text += _WALK.format(name=name, body=body, end=end)
    return text + "\n.visible .entry empty()\n{\n  ret;\n}\n"
