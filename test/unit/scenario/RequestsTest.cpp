//===- RequestsTest.cpp - Loads whose requests differ ---------------------===//

#include "compiler-driver/Scenario/Requests.h"
#include "gtest/gtest.h"

using namespace acc;
using namespace acc::scenario;

namespace {

RequestTrace parse(llvm::StringRef text) {
  auto trace = parseRequests(text, "t.csv");
  EXPECT_TRUE(bool(trace)) << llvm::toString(trace.takeError());
  return *trace;
}

std::string errorOf(llvm::StringRef text) {
  auto trace = parseRequests(text, "t.csv");
  return trace ? "" : llvm::toString(trace.takeError());
}

TEST(Requests, AzureTraces) {
  RequestTrace trace = parse("TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
                             "2023-12-31 23:59:59.5000000,374,44\r\n"
                             "2024-01-01 00:00:01.2500000+00:00,396,109\r\n");
  ASSERT_EQ(trace.requests.size(), 2u);
  EXPECT_TRUE(trace.hasArrivals);
  EXPECT_EQ(trace.requests[0].input, 374);
  EXPECT_EQ(trace.requests[1].output, 109);
  EXPECT_DOUBLE_EQ(trace.requests[1].arrival, 1.75);
}

TEST(Requests, BurstGpt) {
  // Failed requests have no answer; rows are put in order.
  RequestTrace trace = parse("Timestamp,Model,Request tokens,Response tokens\n"
                             "52,ChatGPT,200,0\n45,GPT-4,300,12\n"
                             "5,ChatGPT,472,18\n");
  ASSERT_EQ(trace.requests.size(), 2u);
  EXPECT_EQ(trace.requests[0].input, 472);
  EXPECT_DOUBLE_EQ(trace.requests[1].arrival, 40);
}

TEST(Requests, AsSpreadsheetsWriteThem) {
  RequestTrace trace =
      parse("\xEF\xBB\xBF\"input_tokens\",\"name\",\"output_tokens\"\r\n"
            "\"64\",\"chat, long\",\"32\"\r\n7,x,9\r\n");
  ASSERT_EQ(trace.requests.size(), 2u);
  EXPECT_EQ(trace.requests[0].input, 64);
  EXPECT_EQ(trace.requests[0].output, 32);
  EXPECT_EQ(trace.requests[1].output, 9);
}

TEST(Requests, WhatIsWrongIsSaidWithItsLine) {
  EXPECT_NE(errorOf("a,b\n").find("t.csv:1: has no column of prompts"),
            std::string::npos);
  EXPECT_NE(errorOf("input_tokens\n1\n").find("no column of answers"),
            std::string::npos);
  EXPECT_NE(errorOf("input_tokens,output_tokens\n1,2\n3\n").find("t.csv:3:"),
            std::string::npos);
  EXPECT_NE(errorOf("input_tokens,output_tokens\n-1,2\n").find("t.csv:2:"),
            std::string::npos);
  EXPECT_NE(errorOf("arrival_s,input_tokens,output_tokens\nx,1,2\n")
                .find("expects a time"),
            std::string::npos);
  EXPECT_NE(errorOf("input_tokens,output_tokens\n0,2\n").find("no request"),
            std::string::npos);
}

TEST(Requests, MeansOfRanges) {
  auto requests = drawRequests({100, 300}, {1, 9});
  RequestSpan span = spanOf(requests);
  EXPECT_EQ(span.leastInput, 100);
  EXPECT_EQ(span.mostInput, 300);
  EXPECT_NEAR(double(span.meanInput), 200, 2);
  EXPECT_EQ(span.meanOutput, 5);
}

TEST(Requests, LongAnswersAreThereLonger) {
  // 3 of 4 sequences in a step are the long one's.
  RequestSpan span = spanOf({{10, 10}, {10, 30}});
  EXPECT_EQ(span.heldTokens, (20 + 3 * 40) / 4);
  EXPECT_EQ(span.mostTokens, 40);
}

} // namespace
