package counts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// noiseScale is the scale of the discrete Laplace distribution.
const noiseScale = 2.0

// noise is the amount by which a cell is changed. It depends on the cell, on exactly
// who is in it, and on the secret: the same cell of the same people has the same noise
// for ever, so that asking again averages nothing out, and one person more or less
// draws it anew.
func noise(secret []byte, s Shape, p Period, at, keys []string) int {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	mac := hmac.New(sha256.New, secret)
	part := func(v string) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(min(len(v), math.MaxInt32))) // lengths before the parts: no two lists are written alike
		mac.Write(n[:])
		mac.Write([]byte(v))
	}
	part(s.ID)
	part(string(rune('0' + s.Version)))
	part(p.String())
	part(strings.Join(at, "\x00"))
	for _, k := range keys {
		part(k)
	}
	sum := mac.Sum(nil)
	// 53 bits: a number in [0, 1) of which a double holds every bit.
	u := float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
	return laplace(u)
}

// laplace turns a uniform number in [0, 1) into a discrete Laplace amount, cut.
func laplace(u float64) int {
	p := math.Exp(-1 / noiseScale)
	// P(n) = (1-p)/(1+p) * p^|n|: walk the distribution from its lower end.
	weight := func(n int) float64 { return (1 - p) / (1 + p) * math.Pow(p, math.Abs(float64(n))) }
	total := 0.0
	for n := -noiseCut; n <= noiseCut; n++ {
		total += weight(n)
	}
	at := 0.0
	for n := -noiseCut; n < noiseCut; n++ {
		at += weight(n) / total
		if u < at {
			return n
		}
	}
	return noiseCut
}

// rounded is the nearest multiple of step.
func rounded(n int) int { return (n + step/2) / step * step }
