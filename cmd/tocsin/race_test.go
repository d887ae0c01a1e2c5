//go:build race

package main

// raceDetector says whether these tests run under the race detector.
//
// Timers of one bubble share one context of the detector, and a timer that is due
// already runs on the goroutine that meets it (Go 1.26, runtime/time.go,
// unlockAndRun). Two goroutines of a bubble that do so on two processors corrupt
// that context, and the detector's runtime crashes. On one processor they cannot;
// what the detector finds is unharmed, as it compares orders and not moments.
const raceDetector = true
