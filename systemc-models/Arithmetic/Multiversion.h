//===- Multiversion.h - Functions compiled for several CPUs -------*- C++
//-*-===//
//
// ACC_MULTIVERSION compiles a function for several levels of x86-64; the loader
// takes the best that the CPU has. All versions give the same bits. ACC_INLINE
// is for the helpers in them.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_ARITHMETIC_MULTIVERSION_H
#define ACC_SYSTEMC_MODELS_ARITHMETIC_MULTIVERSION_H

#if defined(__x86_64__)
#define ACC_MULTIVERSION                                                       \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ACC_MULTIVERSION
#endif

#define ACC_INLINE inline __attribute__((always_inline))

#endif // ACC_SYSTEMC_MODELS_ARITHMETIC_MULTIVERSION_H
