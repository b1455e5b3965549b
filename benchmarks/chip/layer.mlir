// A layer of a decoder: attention with 32 heads and an MLP, 512 positions, bf16. Weights are inputs: slices have parts of them.
func.func @main(%x: tensor<512x4096xbf16>, %wq: tensor<4096x4096xbf16>, %wk: tensor<4096x4096xbf16>, %wv: tensor<4096x4096xbf16>, %wout: tensor<4096x4096xbf16>, %w1: tensor<4096x16384xbf16>, %w2: tensor<16384x4096xbf16>) -> tensor<512x4096xbf16> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %qe = tensor.empty() : tensor<512x4096xf32>
  %qf = linalg.fill ins(%zero : f32) outs(%qe : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %qs = linalg.matmul ins(%x, %wq : tensor<512x4096xbf16>, tensor<4096x4096xbf16>) outs(%qf : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %qo = tensor.empty() : tensor<512x4096xbf16>
  %q = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%qs : tensor<512x4096xf32>) outs(%qo : tensor<512x4096xbf16>) {
  ^bb0(%x0: f32, %out: bf16):
    %r = arith.truncf %x0 : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<512x4096xbf16>
  %ke = tensor.empty() : tensor<512x4096xf32>
  %kf = linalg.fill ins(%zero : f32) outs(%ke : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %ks = linalg.matmul ins(%x, %wk : tensor<512x4096xbf16>, tensor<4096x4096xbf16>) outs(%kf : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %ko = tensor.empty() : tensor<512x4096xbf16>
  %k = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%ks : tensor<512x4096xf32>) outs(%ko : tensor<512x4096xbf16>) {
  ^bb0(%x0: f32, %out: bf16):
    %r = arith.truncf %x0 : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<512x4096xbf16>
  %ve = tensor.empty() : tensor<512x4096xf32>
  %vf = linalg.fill ins(%zero : f32) outs(%ve : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %vs = linalg.matmul ins(%x, %wv : tensor<512x4096xbf16>, tensor<4096x4096xbf16>) outs(%vf : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %vo = tensor.empty() : tensor<512x4096xbf16>
  %v = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%vs : tensor<512x4096xf32>) outs(%vo : tensor<512x4096xbf16>) {
  ^bb0(%x0: f32, %out: bf16):
    %r = arith.truncf %x0 : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<512x4096xbf16>
  %qh = tensor.expand_shape %q [[0], [1, 2]] output_shape [512, 32, 128] : tensor<512x4096xbf16> into tensor<512x32x128xbf16>
  %kh = tensor.expand_shape %k [[0], [1, 2]] output_shape [512, 32, 128] : tensor<512x4096xbf16> into tensor<512x32x128xbf16>
  %vh = tensor.expand_shape %v [[0], [1, 2]] output_shape [512, 32, 128] : tensor<512x4096xbf16> into tensor<512x32x128xbf16>
  %sie = tensor.empty() : tensor<32x512x512xf32>
  %si = linalg.fill ins(%zero : f32) outs(%sie : tensor<32x512x512xf32>) -> tensor<32x512x512xf32>
  %scores = linalg.generic {indexing_maps = [affine_map<(h, s, t, d) -> (s, h, d)>, affine_map<(h, s, t, d) -> (t, h, d)>, affine_map<(h, s, t, d) -> (h, s, t)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%qh, %kh : tensor<512x32x128xbf16>, tensor<512x32x128xbf16>) outs(%si : tensor<32x512x512xf32>) {
  ^bb0(%x0: bf16, %x1: bf16, %out: f32):
    %a = arith.extf %x0 : bf16 to f32
    %b = arith.extf %x1 : bf16 to f32
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %out, %m : f32
    linalg.yield %r : f32
  } -> tensor<32x512x512xf32>
  %scale = arith.constant 0.08838834764 : f32
  %scaledo = tensor.empty() : tensor<32x512x512xf32>
  %scaled = linalg.generic {indexing_maps = [affine_map<(h, s, t) -> (h, s, t)>, affine_map<(h, s, t) -> (h, s, t)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%scores : tensor<32x512x512xf32>) outs(%scaledo : tensor<32x512x512xf32>) {
  ^bb0(%x0: f32, %out: f32):
    %r = arith.mulf %x0, %scale : f32
    linalg.yield %r : f32
  } -> tensor<32x512x512xf32>
  %mie = tensor.empty() : tensor<32x512xf32>
  %mi = linalg.fill ins(%low : f32) outs(%mie : tensor<32x512xf32>) -> tensor<32x512xf32>
  %max = linalg.generic {indexing_maps = [affine_map<(h, s, t) -> (h, s, t)>, affine_map<(h, s, t) -> (h, s)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%scaled : tensor<32x512x512xf32>) outs(%mi : tensor<32x512xf32>) {
  ^bb0(%x0: f32, %out: f32):
    %r = arith.maximumf %x0, %out : f32
    linalg.yield %r : f32
  } -> tensor<32x512xf32>
  %xe = tensor.empty() : tensor<32x512x512xf32>
  %exps = linalg.generic {indexing_maps = [affine_map<(h, s, t) -> (h, s, t)>, affine_map<(h, s, t) -> (h, s)>, affine_map<(h, s, t) -> (h, s, t)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%scaled, %max : tensor<32x512x512xf32>, tensor<32x512xf32>) outs(%xe : tensor<32x512x512xf32>) {
  ^bb0(%x0: f32, %x1: f32, %out: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<32x512x512xf32>
  %nie = tensor.empty() : tensor<32x512xf32>
  %ni = linalg.fill ins(%zero : f32) outs(%nie : tensor<32x512xf32>) -> tensor<32x512xf32>
  %sum = linalg.generic {indexing_maps = [affine_map<(h, s, t) -> (h, s, t)>, affine_map<(h, s, t) -> (h, s)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%exps : tensor<32x512x512xf32>) outs(%ni : tensor<32x512xf32>) {
  ^bb0(%x0: f32, %out: f32):
    %r = arith.addf %out, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<32x512xf32>
  %pe = tensor.empty() : tensor<32x512x512xbf16>
  %weights = linalg.generic {indexing_maps = [affine_map<(h, s, t) -> (h, s, t)>, affine_map<(h, s, t) -> (h, s)>, affine_map<(h, s, t) -> (h, s, t)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%exps, %sum : tensor<32x512x512xf32>, tensor<32x512xf32>) outs(%pe : tensor<32x512x512xbf16>) {
  ^bb0(%x0: f32, %x1: f32, %out: bf16):
    %d = arith.divf %x0, %x1 : f32
    %r = arith.truncf %d : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<32x512x512xbf16>
  %cie = tensor.empty() : tensor<512x32x128xf32>
  %ci = linalg.fill ins(%zero : f32) outs(%cie : tensor<512x32x128xf32>) -> tensor<512x32x128xf32>
  %context = linalg.generic {indexing_maps = [affine_map<(s, h, d, t) -> (h, s, t)>, affine_map<(s, h, d, t) -> (t, h, d)>, affine_map<(s, h, d, t) -> (s, h, d)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%weights, %vh : tensor<32x512x512xbf16>, tensor<512x32x128xbf16>) outs(%ci : tensor<512x32x128xf32>) {
  ^bb0(%x0: bf16, %x1: bf16, %out: f32):
    %a = arith.extf %x0 : bf16 to f32
    %b = arith.extf %x1 : bf16 to f32
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %out, %m : f32
    linalg.yield %r : f32
  } -> tensor<512x32x128xf32>
  %flat = tensor.collapse_shape %context [[0], [1, 2]] : tensor<512x32x128xf32> into tensor<512x4096xf32>
  %co = tensor.empty() : tensor<512x4096xbf16>
  %c = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%flat : tensor<512x4096xf32>) outs(%co : tensor<512x4096xbf16>) {
  ^bb0(%x0: f32, %out: bf16):
    %r = arith.truncf %x0 : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<512x4096xbf16>
  %ye = tensor.empty() : tensor<512x4096xf32>
  %yf = linalg.fill ins(%zero : f32) outs(%ye : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %ys = linalg.matmul ins(%c, %wout : tensor<512x4096xbf16>, tensor<4096x4096xbf16>) outs(%yf : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %yo = tensor.empty() : tensor<512x4096xbf16>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%ys : tensor<512x4096xf32>) outs(%yo : tensor<512x4096xbf16>) {
  ^bb0(%x0: f32, %out: bf16):
    %r = arith.truncf %x0 : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<512x4096xbf16>
  %zo = tensor.empty() : tensor<512x4096xbf16>
  %z = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%y, %x : tensor<512x4096xbf16>, tensor<512x4096xbf16>) outs(%zo : tensor<512x4096xbf16>) {
  ^bb0(%x0: bf16, %x1: bf16, %out: bf16):
    %r = arith.addf %x0, %x1 : bf16
    linalg.yield %r : bf16
  } -> tensor<512x4096xbf16>
  %ue = tensor.empty() : tensor<512x16384xf32>
  %uf = linalg.fill ins(%zero : f32) outs(%ue : tensor<512x16384xf32>) -> tensor<512x16384xf32>
  %us = linalg.matmul ins(%z, %w1 : tensor<512x4096xbf16>, tensor<4096x16384xbf16>) outs(%uf : tensor<512x16384xf32>) -> tensor<512x16384xf32>
  %uo = tensor.empty() : tensor<512x16384xbf16>
  %u = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%us : tensor<512x16384xf32>) outs(%uo : tensor<512x16384xbf16>) {
  ^bb0(%x0: f32, %out: bf16):
    %r = arith.truncf %x0 : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<512x16384xbf16>
  %go = tensor.empty() : tensor<512x16384xbf16>
  %g = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%u : tensor<512x16384xbf16>) outs(%go : tensor<512x16384xbf16>) {
  ^bb0(%x0: bf16, %out: bf16):
    %zb = arith.constant 0.0 : bf16
    %r = arith.maximumf %x0, %zb : bf16
    linalg.yield %r : bf16
  } -> tensor<512x16384xbf16>
  %we = tensor.empty() : tensor<512x4096xf32>
  %wf = linalg.fill ins(%zero : f32) outs(%we : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %ws = linalg.matmul ins(%g, %w2 : tensor<512x16384xbf16>, tensor<16384x4096xbf16>) outs(%wf : tensor<512x4096xf32>) -> tensor<512x4096xf32>
  %wo = tensor.empty() : tensor<512x4096xbf16>
  %w = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%ws : tensor<512x4096xf32>) outs(%wo : tensor<512x4096xbf16>) {
  ^bb0(%x0: f32, %out: bf16):
    %r = arith.truncf %x0 : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<512x4096xbf16>
  %lasto = tensor.empty() : tensor<512x4096xbf16>
  %last = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%w, %z : tensor<512x4096xbf16>, tensor<512x4096xbf16>) outs(%lasto : tensor<512x4096xbf16>) {
  ^bb0(%x0: bf16, %x1: bf16, %out: bf16):
    %r = arith.addf %x0, %x1 : bf16
    linalg.yield %r : bf16
  } -> tensor<512x4096xbf16>
  return %last : tensor<512x4096xbf16>
}
