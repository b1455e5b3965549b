//===- JsonReport.cpp - Reports for scripts -------------------------------===//
//
// The keys are a stable surface: add to them, do not change them.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Report/Writers.h"

#include "compiler-driver/Baselines/KernelText.h"
#include "llvm/Support/JSON.h"

#include <set>

using namespace llvm;
using namespace acc;
using namespace acc::report;

static void writeRange(json::OStream &j, StringRef key, const Range &range) {
  j.attributeObject(key, [&] {
    j.attribute("value", range.value);
    j.attribute("low", range.low);
    j.attribute("high", range.high);
  });
}

/// Null if there is nothing to divide by.
static void writeRatio(json::OStream &j, StringRef key, double a, double b) {
  if (b > 0) {
    j.attribute(key, a / b);
  } else {
    j.attribute(key, nullptr);
  }
}

static void writeTensors(json::OStream &j, StringRef key,
                         ArrayRef<::xpu::ObjectTensor> tensors) {
  j.attributeArray(key, [&] {
    for (const ::xpu::ObjectTensor &tensor : tensors) {
      j.object([&] {
        j.attribute("name", tensor.name);
        j.attribute("type", tensor.type);
        j.attributeArray("shape", [&] {
          for (int64_t size : tensor.shape) {
            j.value(size);
          }
        });
      });
    }
  });
}

static void writeHeader(json::OStream &j, const ReportData &data) {
  const Target &t = data.target;
  j.attribute("schema", "acc-report/1");
  j.attributeObject("input", [&] {
    j.attribute("file", data.inputFile);
    writeTensors(j, "inputs", data.inputs);
    writeTensors(j, "outputs", data.outputs);
  });
  if (data.chip) {
    j.attributeObject("chip", [&] {
      j.attribute("name", data.chip->name);
      j.attribute("slices", data.chip->slices);
      j.attribute("slice", data.chip->slice);
      j.attribute("least_cycles", data.chip->leastCycles);
      j.attribute("most_cycles", data.chip->mostCycles);
      j.attribute("network_bytes", data.chip->networkBytes);
      if (const auto &traffic = data.chip->traffic) {
        j.attributeArray("chips", [&] {
          for (const Counters &counters : data.chip->countersOfChips) {
            j.object([&] {
              for (unsigned i = 0; i < numCounters; ++i) {
                j.attribute(isa::stringify(isa::Counter(i)), counters[i]);
              }
            });
          }
        });
        j.attributeObject("links", [&] {
          if (traffic->messages != 0) {
            j.attribute("messages", traffic->messages);
            j.attribute("message_bytes", traffic->bytes);
          }
          j.attribute("frames", traffic->frames);
          j.attributeArray("sent_bytes_of_chips", [&] {
            for (uint64_t bytes : traffic->sentBytes) {
              j.value(bytes);
            }
          });
        });
      }
    });
  }
  j.attributeObject("target", [&] {
    j.attribute("name", t.name);
    j.attribute("description", t.description);
    j.attribute("scope", data.chip ? data.machineName() : "one slice");
    j.attribute("clock_hz", t.clockHz);
    j.attribute("peak_mac_per_s", data.peaks.macsPerCycle * t.clockHz);
    j.attribute("peak_vector_op_per_s",
                data.peaks.vectorOpsPerCycle * t.clockHz);
    j.attribute("peak_hbm_bytes_per_s",
                data.peaks.hbmBytesPerCycle * t.clockHz);
    writeRange(j, "area_mm2", data.areaMm2);
    j.attribute("area_method", data.origin("method.area"));
    j.attributeObject("source", [&] {
      for (auto &[group, source] : t.sources) {
        j.attribute(group, source);
      }
    });
  });
  j.attribute("fidelity", data.fidelity);
  j.attribute("precision", data.precision);
  j.attribute("precision_executed", data.activity.matrixFormat());
  j.attribute("cycles", data.cycles);
  j.attribute("time_s", data.seconds);
  j.attribute("time_method", data.origin("method.time"));
}

static void writeCounts(json::OStream &j, const ReportData &data) {
  const Activity &a = data.activity;
  j.attributeObject("ops", [&] {
    j.attribute("mac", a.usefulMacs);
    j.attribute("flop", a.flop());
    j.attribute("mac_executed", a.macs);
    j.attribute("vector_op", a.vectorOps());
    j.attribute("mac_method", data.origin("method.useful_mac"));
    j.attribute("flop_method", data.origin("method.flop"));
  });
  j.attributeObject("bytes", [&] {
    j.attribute("hbm_read", a.hbmReadBytes);
    j.attribute("hbm_write", a.hbmWriteBytes);
    j.attribute("spm", a.spmReadBytes + a.spmWriteBytes);
    j.attribute("noc", data.chip ? data.chip->networkBytes : 0);
    j.attribute("fabric", data.chip && data.chip->traffic
                              ? data.chip->traffic->bytes
                              : 0);
    j.attribute("spm_read", a.spmReadBytes);
    j.attribute("spm_write", a.spmWriteBytes);
    j.attribute("accumulator", a.accBytes);
  });
  j.attributeObject("counters", [&] {
    for (unsigned i = 0; i < numCounters; ++i) {
      j.attribute(isa::stringify(isa::Counter(i)), data.counters[i]);
    }
  });
  if (data.hasHbmStatistics) {
    j.attributeObject("hbm", [&] {
      j.attribute("read_bursts", data.hbm.readAtoms);
      j.attribute("write_bursts", data.hbm.writeAtoms);
      j.attribute("activates", data.hbm.activates);
      j.attribute("row_hits", data.hbm.rowHits);
      j.attribute("refreshes", data.hbm.refreshes);
    });
  }
  const Utilization &u = data.utilization;
  j.attributeObject("utilization", [&] {
    j.attribute("mxu", u.mxu);
    j.attribute("vpu", u.vpu);
    j.attribute("hbm", u.hbm);
    j.attribute("fabric", u.fabric);
    j.attribute("roofline", u.roofline);
    j.attributeObject("engine_busy", [&] {
      for (unsigned e = 0; e < numEngines; ++e) {
        j.attribute(isa::stringify(isa::Engine(e)).lower(), u.busy[e]);
      }
    });
    j.attribute("method", data.origin("method.utilization"));
    j.attribute("roofline_method", data.origin("method.roofline"));
  });
}

/// Of the slice and its chip, as synthesised; absent where nobody has.
static void writeArea(json::OStream &j, const ReportData &data) {
  if (!data.area) {
    return;
  }
  const AreaReport &area = *data.area;
  j.attributeObject("area", [&] {
    writeRange(j, "slice_mm2", area.sliceMm2);
    j.attribute("chip", area.chip);
    j.attribute("slices", area.slices);
    writeRange(j, "chip_mm2", area.chipMm2);
    j.attribute("reticle_mm2", area.reticleMm2.value);
    writeRange(j, "reticle_left_mm2", area.reticleLeft());
    j.attribute("reticle_check", area.describeReticle());
    j.attributeArray("blocks", [&] {
      for (const AreaBlock &block : area.blocks) {
        j.object([&] {
          j.attribute("name", block.name);
          j.attribute("of", block.ofChip ? "chip" : "slice");
          writeRange(j, "mm2", block.mm2);
          j.attribute("note", block.note);
        });
      }
    });
    j.attribute("method", data.origin("method.area_by_block"));
  });
}

static void writeEnergy(json::OStream &j, const ReportData &data) {
  const EnergyReport &energy = data.energy;
  j.attributeObject("energy_j", [&] {
    j.attribute("total", energy.board.value);
    j.attribute("low", energy.board.low);
    j.attribute("high", energy.board.high);
    j.attributeObject("by", [&] {
      for (const EnergyPart &part : energy.parts) {
        j.attribute(part.name, part.energy.value);
      }
    });
    j.attributeObject("by_range", [&] {
      for (const EnergyPart &part : energy.parts) {
        j.attributeObject(part.name, [&] {
          j.attribute("value", part.energy.value);
          j.attribute("low", part.energy.low);
          j.attribute("high", part.energy.high);
          j.attribute("method", part.method);
          j.attributeArray("source", [&] {
            for (const std::string &key : part.constants) {
              j.value("energy." + key);
            }
          });
        });
      }
    });
    writeRange(j, "chip", energy.chip);
    writeRange(j, "board", energy.board);
    writeRange(j, "wall", energy.wall);
    j.attribute("constants", data.energyFile);
    j.attribute("method", data.origin("method.energy"));
    j.attribute("wall_method", data.origin("method.wall"));
  });
  j.attributeObject("power_w", [&] {
    double perSecond = 1 / data.seconds;
    j.attribute("total", energy.board.value * perSecond);
    writeRange(j, "chip", energy.chip * perSecond);
    writeRange(j, "board", energy.board * perSecond);
    writeRange(j, "wall", energy.wall * perSecond);
    j.attribute("method", "energy / time: the mean over the run");
  });
  j.attributeObject("throughput", [&] {
    j.attribute("tokens_per_s", nullptr);
    j.attribute("tokens_per_j", nullptr);
    double runs = double(data.steps.size());
    j.attribute("latency_s", data.seconds / runs);
    j.attribute("runs_per_s", runs / data.seconds);
    j.attribute("runs_per_j", runs / energy.board.value);
    j.attribute("method", data.origin("method.throughput"));
  });
}

static void writeLayer(json::OStream &j, const ReportData &data, size_t index) {
  const Layer &layer = data.table.layers[index];
  const Activity &a = layer.activity;
  j.object([&] {
    j.attribute("name", layer.name);
    j.attribute("cycles", layer.cycles);
    j.attribute("bound", getName(layer.bound));
    j.attribute("elapsed_cycles", layer.elapsedCycles);
    j.attribute("share", layer.elapsedCycles / double(data.cycles));
    j.attribute("first_cycle", layer.firstCycle);
    j.attribute("last_cycle", layer.lastCycle);
    j.attribute("commands", layer.commands);
    j.attribute("dominant_engine", isa::stringify(layer.dominant).lower());
    j.attribute("mostly", getName(layer.mostly));
    j.attributeObject("phase_cycles", [&] {
      for (unsigned i = 0; i < numPhases; ++i) {
        j.attribute(getName(Phase(i)), layer.phaseCycles[i]);
      }
    });
    j.attributeObject("busy_cycles", [&] {
      for (unsigned e = 0; e < numEngines; ++e) {
        j.attribute(isa::stringify(isa::Engine(e)).lower(),
                    layer.busyCycles[e]);
      }
    });
    j.attribute("mac", a.usefulMacs);
    j.attribute("mac_executed", a.macs);
    j.attribute("precision_executed", a.matrixFormat());
    j.attribute("flop", a.flop());
    j.attribute("vector_op", a.vectorOps());
    j.attribute("hbm_read", a.hbmReadBytes);
    j.attribute("hbm_write", a.hbmWriteBytes);
    j.attribute("footprint_read", layer.footprint.readBytes);
    j.attribute("footprint_write", layer.footprint.writeBytes);
    j.attribute("roofline", layer.rooflineFraction);
    if (layer.boundCycles > 0) {
      j.attribute("least_cycles", layer.boundCycles);
    }
    j.attribute("energy_j", data.layerEnergy[index].value);
  });
}

/// Kernels of one device, in order.
static void writeKernels(json::OStream &j, const systems::StepEstimate &step) {
  for (auto [kernel, estimate] : zip(step.kernels, step.estimates)) {
    j.object([&, &kernel = kernel, &estimate = estimate] {
      j.attribute("name", kernel.name);
      j.attribute("class", systems::describeClass(kernel));
      j.attribute("sizes", systems::describeSizes(kernel));
      j.attribute("time_s", estimate.time.value());
      j.attribute("bound_s", estimate.bound.value());
      j.attribute("limit", systems::resourceName(estimate.limit));
    });
  }
}

static void writeModelError(json::OStream &j, const Comparison &c) {
  j.attribute("model", "kernel model, docs/gpu-model.md");
  j.attribute("measured", c.step.isMeasured);
  j.attribute("mean_absolute", c.step.meanError);
  j.attribute("time_low_s", c.seconds.low);
  j.attribute("time_high_s", c.seconds.high);
  j.attribute("energy_low_j", c.joules.low);
  j.attribute("energy_high_j", c.joules.high);
  j.attributeObject("classes", [&] {
    for (const ComparedClass &part : c.classes) {
      j.attributeObject(part.name, [&] {
        j.attribute("kernels", part.kernels);
        j.attribute("time_s", part.seconds);
        j.attribute("mean_absolute", part.error.meanAbsolute);
        j.attribute("meaning", part.error.meaning);
        j.attribute("measured", part.measurements);
      });
    }
  });
}

static void writeComparison(json::OStream &j, const ReportData &data) {
  for (const Comparison &c : data.comparison) {
    const systems::StepEstimate &step = c.step;
    j.object([&] {
      j.attribute("system", c.system);
      j.attribute("title", c.title);
      j.attribute("count", step.devices);
      j.attribute("devices_in_domain", c.devicesInDomain);
      double products = 0;
      for (const systems::Kernel &kernel : step.kernels) {
        products += systems::countProducts(kernel);
      }
      j.attribute("mac_per_device", products);
      j.attribute("time_s", c.seconds.value);
      j.attribute("bound_s", step.bound.value());
      j.attribute("energy_j", c.joules.value);
      j.attribute("wall_j", c.wall.value);
      j.attribute("shared_power_w", c.sharedWatts);
      j.attribute("shared_energy_j", c.sharedJoules);
      j.attribute("limit", systems::resourceName(step.limit));
      j.attribute("precision", systems::formatName(step.used));
      j.attribute("precision_asked", systems::formatName(step.asked));
      j.attribute("memory_bytes", step.footprint.value());
      writeRatio(j, "time_ratio", data.seconds, c.seconds.value);
      writeRatio(j, "energy_ratio", data.energy.board.value, c.joules.value);
      j.attributeObject("model_error", [&] { writeModelError(j, c); });
      j.attributeArray("kernels", [&] { writeKernels(j, step); });
      j.attribute("method", data.origin("method.comparison"));
      j.attributeArray("source", [&] {
        std::set<std::string> ids;
        for (const ComparedClass &part : c.classes) {
          ids.insert(part.figures.begin(), part.figures.end());
          ids.insert(part.parameters.begin(), part.parameters.end());
          ids.insert(part.measurements);
        }
        for (const std::string &id : ids) {
          j.value(id);
        }
      });
    });
  }
}

void report::writeSteps(json::OStream &j, ArrayRef<StepInfo> steps,
                        bool isTimed) {
  j.attributeArray("steps", [&] {
    for (const StepInfo &step : steps) {
      j.object([&] {
        if (isTimed) {
          j.attribute("cycles", step.cycles);
        }
        j.attributeObject("outputs", [&] {
          for (const auto &[name, value] : step.numbers) {
            j.attribute(name, value);
          }
        });
      });
    }
  });
}

void report::writeJson(const ReportData &data, raw_ostream &os) {
  json::OStream j(os, 1);
  j.object([&] {
    writeHeader(j, data);
    writeCounts(j, data);
    writeEnergy(j, data);
    writeArea(j, data);
    writeArea(j, data);
    writeSteps(j, data.steps, /*isTimed=*/true);
    j.attributeArray("layers", [&] {
      for (size_t i = 0; i < data.table.layers.size(); ++i) {
        writeLayer(j, data, i);
      }
    });
    j.attribute("idle_cycles", data.table.idleCycles);
    j.attributeObject("layers_method", [&] {
      j.attribute("cycles", data.origin("method.layers"));
      j.attribute("least_cycles", data.origin("method.least"));
      j.attribute("bound", data.origin("method.bound"));
      j.attribute("footprint", data.origin("method.footprint"));
      j.attribute("energy_j", data.origin("method.energy"));
    });
    j.attributeArray("host_fallback", [&] {
      for (const HostOp &op : data.hostFallback) {
        j.object([&] {
          j.attribute("op", op.op);
          j.attribute("why", op.why);
          j.attribute("bytes", op.bytes);
          j.attribute("operations", op.operations);
          j.attribute("time_s", op.seconds);
          j.attribute("energy_j", op.joules);
          j.attribute("method", data.origin("method.host"));
        });
      }
    });
    j.attributeArray("bound_inputs", [&] {
      for (const std::string &name : data.boundInputs) {
        j.value(name);
      }
    });
    j.attributeArray("comparison", [&] { writeComparison(j, data); });
    j.attributeObject("simulator", [&] {
      double wall = 0;
      uint64_t events = 0;
      for (const RunInfo &run : data.runs) {
        wall += run.wallSeconds;
        events += run.events;
      }
      j.attribute("wall_s", wall);
      j.attribute("events", events);
      j.attribute("simulated",
                  data.chip ? "every command of the program, in every slice"
                            : "every command of the program, in one slice");
      j.attribute("repeated", "nothing");
      j.attributeArray("runs", [&] {
        for (const RunInfo &run : data.runs) {
          j.object([&] {
            j.attribute("model", run.model);
            j.attribute("cycles", run.cycles);
            j.attribute("wall_s", run.wallSeconds);
            j.attribute("events", run.events);
            j.attribute(
                "cycles_per_s",
                run.wallSeconds > 0 ? double(run.cycles) / run.wallSeconds : 0);
          });
        }
      });
      j.attribute("method", data.origin("simulator"));
    });
    j.attributeObject("sources", [&] {
      for (const Origin &origin : data.origins) {
        j.attribute(origin.id, origin.text);
      }
    });
  });
  os << "\n";
}
