//===- JsonReport.cpp - Answers for scripts -------------------------------===//
//
// The keys are a stable surface: add to them, do not change them.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Scenario/Report.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

static void writeRange(json::OStream &j, StringRef key, const Range &range) {
  j.attributeObject(key, [&] {
    j.attribute("value", range.value);
    j.attribute("low", range.low);
    j.attribute("high", range.high);
  });
}

static void writeOptional(json::OStream &j, StringRef key,
                          const std::optional<Range> &range) {
  if (range) {
    writeRange(j, key, *range);
  } else {
    j.attribute(key, nullptr);
  }
}

static void writePercentiles(json::OStream &j, StringRef key,
                             const Percentiles &p) {
  j.attributeObject(key, [&] {
    j.attribute("mean", p.mean);
    j.attribute("p50", p.p50);
    j.attribute("p90", p.p90);
    j.attribute("p99", p.p99);
  });
}

static void writePoint(json::OStream &j, const Served &served) {
  j.attribute("concurrency", served.concurrency);
  j.attribute("placement", served.placement);
  j.attribute("chips", served.chips);
  j.attribute("output_tokens_per_s_per_chip", served.outputRatePerChip());
  j.attribute("total_tokens_per_s_per_chip", served.totalRatePerChip());
  j.attribute("tokens_per_s_per_user", served.interactivity());
  writePercentiles(j, "time_to_first_token_s", served.firstToken);
  writePercentiles(j, "time_per_output_token_s", served.perToken);
  writePercentiles(j, "request_s", served.latency);
  writeRange(j, "joules_per_output_token", served.joulesPerToken());
}

/// Energy of an instance while it was watched.
static void writeEnergy(json::OStream &j, const Served &served) {
  j.attributeObject("energy_j", [&] {
    j.attribute("total", served.joules.value);
    j.attribute("low", served.joules.low);
    j.attribute("high", served.joules.high);
    j.attributeObject("by", [&] {
      for (auto &[name, joules] : served.joulesByPart) {
        j.attribute(name, joules.value);
      }
    });
  });
  j.attribute("energy_basis", "packages of all chips of one instance");
}

static void writeAnswer(json::OStream &j, const Answer &a,
                        const Scenario &scenario) {
  const Served &s = a.best;
  j.attribute("system", a.id);
  j.attribute("title", a.title);
  j.attribute("count", s.chips);
  j.attribute("format", a.format);
  writePoint(j, s);
  j.attribute("choice", a.choice);
  j.attribute("time_s", s.seconds.value());
  j.attribute("mean_batch", s.meanBatch);
  j.attribute("clock_slowdown", s.slowdown);
  j.attribute("bound_s", s.boundSeconds.value());
  j.attributeObject("throughput", [&] {
    j.attribute("tokens_per_s", s.outputRate());
    j.attribute("tokens_per_j", s.outputTokens / s.joules.value);
    j.attribute("latency_s", s.latency.mean);
    writeRange(j, "tokens_per_s_per_chip", a.tokensPerChip());
    writeRange(j, "tokens_per_s_per_mw", a.tokensPerSecondPerMegawatt);
  });
  if (a.stepError) {
    j.attributeObject("step_error", [&] {
      j.attribute("mean_percent", a.stepError->mean);
      j.attribute("worst_percent", a.stepError->worst);
      j.attribute("source", a.stepError->source);
    });
  }
  if (a.utilisation) {
    j.attributeObject("training", [&] {
      j.attribute("step_s", s.seconds.value());
      j.attribute("matrix_utilization", *a.utilisation);
      if (auto job = a.wholeJob(scenario)) {
        j.attribute("days", job->time / (24 * kHour));
        writeRange(j, "facility_wh", job->energy / kWattHour);
        writeOptional(j, "usd", job->dollars);
      }
    });
  }
  writeEnergy(j, s);
  j.attributeObject("power_w", [&] {
    j.attribute("scope", "one chip");
    writeRange(j, "package", a.economics.package);
    j.attribute("package_basis", a.economics.packageBasis);
    writeRange(j, "rack_it", a.economics.rackIt);
    j.attribute("rack_it_basis", a.economics.rackBasis);
    writeRange(j, "facility", a.economics.facility);
    j.attribute("facility_basis", a.economics.facilityBasis);
  });
  j.attributeObject("cost", [&] {
    writeOptional(j, "usd_per_chip_hour", dollarsPerHour(a));
    writeOptional(j, "usd_per_million_output_tokens", a.dollarsPerMillion);
    writeOptional(j, "usd_per_chip", a.economics.price);
    j.attribute("source", a.economics.costBasis);
    j.attribute("price_source", a.economics.priceBasis);
  });
  j.attributeObject("seconds_by", [&] {
    for (auto &[name, seconds] : s.secondsByPart) {
      j.attribute(name, seconds.value());
    }
  });
  j.attributeObject("model_error", [&] {
    j.attribute("time_low", a.timeBand.first);
    j.attribute("time_high", a.timeBand.second);
    j.attribute("meaning", a.bandMeaning);
  });
  j.attributeArray("frontier", [&] {
    for (const Served &point : a.frontier) {
      j.object([&] { writePoint(j, point); });
    }
  });
  j.attributeArray("other_placements", [&] {
    for (const Served &point : a.others) {
      j.object([&] { writePoint(j, point); });
    }
  });
  if (a.fleet) {
    const Fleet &f = *a.fleet;
    j.attributeObject("fleet", [&] {
      j.attribute("facility_w", f.watts.value());
      j.attribute("grid", f.grid);
      writeRange(j, "chips", f.chips);
      if (f.racks.value > 0) {
        writeRange(j, "racks", f.racks);
      } else {
        j.attribute("racks", nullptr);
      }
      writeRange(j, "output_tokens_per_s", f.tokensPerSecond);
      writeRange(j, "twh_per_year", f.energy / (1e12 * kWattHour));
      writeRange(j, "t_co2_per_year", f.tonnesCo2);
      writeOptional(j, "usd_per_year", f.dollarsPerYear);
    });
  }
}

static void writeLayers(json::OStream &j, StringRef key,
                        ArrayRef<PricedLayer> layers) {
  j.attributeArray(key, [&] {
    for (const PricedLayer &layer : layers) {
      j.object([&] {
        j.attribute("name", layer.name);
        j.attribute("count", layer.count);
        j.attribute("cycles", layer.cycles);
        j.attribute("time_s", layer.seconds);
        j.attribute("exchange_s", layer.exchangeSeconds);
        j.attribute("bound", layer.bound);
        j.attribute("mxu", layer.matrixUse);
        j.attribute("hbm", layer.memoryUse);
        j.attribute("mac", layer.products);
        j.attribute("hbm_bytes", layer.hbmBytes);
        j.attribute("peak_products", layer.peakProducts);
      });
    }
  });
}

void scenario::writeJson(const AnswerSheet &sheet, raw_ostream &os) {
  const Question &q = sheet.question;
  const Answer &ours = sheet.answers.front();
  json::OStream j(os, 2);
  j.object([&] {
    j.attribute("schema", "acc-scenario/1");
    j.attributeObject("input", [&] {
      j.attribute("file", q.input);
      j.attribute("model", q.modelName());
      j.attribute("parameters", q.parameters());
      j.attribute("workload", q.scenario.text);
    });
    j.attributeObject("target", [&] {
      j.attribute("name", q.machine.name());
      j.attribute("description", q.machine.description());
      j.attribute("chips", q.machine.chips());
    });
    j.attribute("fidelity", "analytic");
    j.attribute("precision", q.precision);
    // Of an image where keys say "token".
    j.attribute("unit", q.unit());
    writeAnswer(j, ours, q.scenario);
    j.attribute("peak_products", sheet.peakProducts);
    j.attribute("peak_bytes", sheet.peakBytes);
    // Of the formats that the layers have; peak_products is that of bf16.
    j.attributeObject("peak_products_by", [&] {
      for (auto &[format, products] : sheet.roofs) {
        j.attribute(format, products);
      }
    });
    writeLayers(j, "layers", sheet.decodeLayers);
    writeLayers(j, "prompt_layers", sheet.promptLayers);
    j.attributeArray("comparison", [&] {
      for (const Answer &other : ArrayRef(sheet.answers).drop_front()) {
        j.object([&] { writeAnswer(j, other, q.scenario); });
      }
    });
    j.attributeArray("methods", [&] {
      for (const std::string &method : methodsOf(sheet)) {
        j.value(method);
      }
    });
    j.attributeObject("simulator", [&] {
      j.attribute("wall_s", sheet.wallSeconds);
      j.attribute("simulated",
                  std::to_string(sheet.exactSteps) +
                      (sheet.basis == MachinePricer::Basis::Program
                           ? " steps, layers on a chip by the exact model"
                           : " steps, each layer on one slice by the exact "
                             "model"));
      j.attribute("repeated", "alike layers, slices and chips");
    });
  });
  os << "\n";
}
