// RUN: acc-opt %s --split-input-file --verify-diagnostics

module attributes {rack.topology = #rack.topology<chips = 1, slices = 1>} {
  func.func @place() {
    // expected-error @below {{is placed on chip 1, but the topology has 1}}
    rack.launch chip 1 slice 0 {
    }
    return
  }
}

// -----

module attributes {rack.topology = #rack.topology<chips = 1, slices = 2>} {
  func.func @place() {
    // expected-error @below {{is placed on slice -1, but the topology has 2}}
    rack.launch chip 0 slice -1 {
    }
    return
  }
}

// -----

func.func @topology() {
  // expected-error @below {{expects a module with 'rack.topology'}}
  rack.launch chip 0 slice 0 {
  }
  return
}

// -----

// expected-error @below {{expects at least one chip and one slice, but got 0 and 1}}
module attributes {rack.topology = #rack.topology<chips = 0, slices = 1>} {
}

// -----

// expected-error @below {{expects 'rack.topology' to be a #rack.topology on a module}}
module attributes {rack.topology = 1 : i64} {
}

// -----

// expected-error @below {{unknown attribute 'rack.size'; the dialect has 'rack.topology'}}
module attributes {rack.size = 1 : i64} {
}

// -----

func.func @yield(%x: tensor<8xi32>) -> tensor<4xi32> {
  // expected-error @below {{expects its region to yield its result types}}
  %b = rack.host because "a reason" -> tensor<4xi32> {
    // expected-note @below {{yields 'tensor<8xi32>'}}
    rack.yield %x : tensor<8xi32>
  }
  return %b : tensor<4xi32>
}

// -----

func.func @reason() {
  // expected-error @below {{expects a reason}}
  rack.host because "" {
  }
  return
}

// -----

func.func @stage(%x: tensor<8xf32>) {
  // expected-error @below {{expects one of at least two stages, but got 2 of 2}}
  rack.send %x from 2 of 2 in <rack> : tensor<8xf32>
  return
}

// -----

func.func @own(%x: tensor<8xf32>) {
  // expected-error @below {{expects other chips than the slice's own}}
  rack.send %x from 0 of 2 in <own> : tensor<8xf32>
  return
}

// -----

func.func @neither() {
  // expected-error @below {{expects a buffer or a result, not both}}
  rack.receive from 0 of 2 in <rack>
  return
}

// -----

func.func @alone() -> tensor<8xf32> {
  // expected-error @below {{expects one of at least two stages, but got 0 of 1}}
  %r = rack.receive from 0 of 1 in <rack> -> tensor<8xf32>
  return %r : tensor<8xf32>
}
