package sealed_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation/sealed"
)

var binding = sealed.Binding{Sender: "https://a.example/ap/org", Recipient: "https://b.example/ap/org", Key: "https://b.example/ap/org#ka-abc",
	Package: "https://a.example/ap/pkg/1", Referral: "https://a.example/ap/ref/1", Request: "https://b.example/ap/req/1", Consent: "c1",
	Expires: "2026-12-01T00:00:00Z"}

func newKey(t testing.TB) sealed.PrivateKey {
	t.Helper()
	k, err := sealed.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func seal(t testing.TB, k sealed.PrivateKey, content []byte) ([]byte, sealed.Look) {
	t.Helper()
	var out bytes.Buffer
	look, err := sealed.Seal(&out, bytes.NewReader(content), int64(len(content)), k.Public(), binding)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), look
}

func open(k sealed.PrivateKey, b sealed.Binding, pack []byte) ([]byte, error) {
	var out bytes.Buffer
	err := sealed.Open(&out, bytes.NewReader(pack), k, b)
	return out.Bytes(), err
}

const part = 64<<10 + 16 // of a package: one chunk with its tag

func TestWhatDoesNotOpen(t *testing.T) {
	k := newKey(t)
	content := bytes.Repeat([]byte("นาแฮ ลาหู่นะ "), 12_000) // several chunks
	good, look := seal(t, k, content)
	if len(good) < 36+3*part {
		t.Fatalf("the package has %d bytes: fewer chunks than this test needs", len(good))
	}
	swapped := slices.Concat(good[:36], good[36+part:36+2*part], good[36:36+part], good[36+2*part:])
	altered := slices.Clone(good)
	altered[36+part+5] ^= 1
	version := slices.Clone(good)
	version[3] = '2'
	other, _ := seal(t, k, content)
	for name, c := range map[string]struct {
		pack []byte
		want error
	}{
		"nothing":                           {nil, sealed.ErrCut},
		"the head alone":                    {good[:36], sealed.ErrCut},
		"another version":                   {version, sealed.ErrVersion},
		"cut between chunks":                {good[:36+part], sealed.ErrCut},
		"cut within the first chunk":        {good[:100], sealed.ErrCut},
		"cut within a chunk":                {good[:36+part+900], sealed.ErrCut},
		"one byte short":                    {good[:len(good)-1], sealed.ErrCut},
		"chunks in another order":           {swapped, sealed.ErrForeign},
		"a byte changed":                    {altered, sealed.ErrAltered},
		"continued":                         {append(slices.Clone(good), 0), sealed.ErrCut},
		"the head of another":               {slices.Concat(other[:36], good[36:]), sealed.ErrForeign},
		"a chunk of another":                {slices.Concat(good[:36+part], other[36+part:]), sealed.ErrAltered},
		"an encapsulation that is no point": {slices.Concat(good[:4], make([]byte, 32), good[36:]), sealed.ErrForeign},
	} {
		if _, err := open(k, binding, c.pack); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := open(newKey(t), binding, good); !errors.Is(err, sealed.ErrForeign) {
		t.Errorf("another key: %v", err)
	}
	for name, b := range others() {
		if _, err := open(k, b, good); !errors.Is(err, sealed.ErrForeign) {
			t.Errorf("bound to another %s: %v", name, err)
		}
	}
	var back bytes.Buffer
	if err := sealed.OpenWith(&back, bytes.NewReader(good), look); err != nil || !bytes.Equal(back.Bytes(), content) {
		t.Errorf("read back by who sealed it: %v", err)
	}
	look[0] ^= 1
	if err := sealed.OpenWith(io.Discard, bytes.NewReader(good), look); !errors.Is(err, sealed.ErrForeign) {
		t.Errorf("with another look: %v", err)
	}
	if got, err := open(k, binding, good); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the package as it is: %v", err)
	}
}

// others are the bindings that differ in one part, and one in which two parts have
// been joined differently.
func others() map[string]sealed.Binding {
	out := map[string]sealed.Binding{}
	for name, change := range map[string]func(*sealed.Binding){
		"sender": func(b *sealed.Binding) { b.Sender += "x" }, "recipient": func(b *sealed.Binding) { b.Recipient += "x" },
		"key": func(b *sealed.Binding) { b.Key += "x" }, "package": func(b *sealed.Binding) { b.Package += "x" },
		"referral": func(b *sealed.Binding) { b.Referral += "x" }, "request": func(b *sealed.Binding) { b.Request += "x" },
		"consent": func(b *sealed.Binding) { b.Consent += "x" }, "expiry": func(b *sealed.Binding) { b.Expires = "2036-12-01T00:00:00Z" },
		"split": func(b *sealed.Binding) { b.Consent, b.Expires = b.Consent+b.Expires[:1], b.Expires[1:] },
	} {
		b := binding
		change(&b)
		out[name] = b
	}
	return out
}

func TestSealRefuses(t *testing.T) {
	k := newKey(t)
	for name, c := range map[string]struct {
		content string
		size    int64
	}{"less than said": {"abc", 5}, "more than said": {"abc", 2}, "nothing of something": {"", 1}, "a negative size": {"", -1}, "too much": {"", sealed.MaxSize + 1}} {
		if _, err := sealed.Seal(io.Discard, bytes.NewReader([]byte(c.content)), c.size, k.Public(), binding); !errors.Is(err, sealed.ErrSize) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "z", "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "z6LSxyz", "z6LS" + k.Public().Multibase()[4:20]} {
		if _, err := sealed.ParsePublic(text); !errors.Is(err, sealed.ErrKey) {
			t.Errorf("the key %q: %v", text, err)
		}
	}
	if _, err := sealed.ParsePrivate([]byte("short")); !errors.Is(err, sealed.ErrKey) {
		t.Errorf("a private key of five bytes: %v", err)
	}
}

func TestThereAndBack(t *testing.T) {
	k := newKey(t)
	raw, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := sealed.ParsePrivate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := sealed.ParsePublic(k.Public().Multibase())
	if err != nil || pub.Multibase()[:4] != "z6LS" {
		t.Fatalf("the public key as it is written: %v", err)
	}
	for _, n := range []int{0, 1, 4087, 4088, 4089, 65527, 65528, 65529, 131064, 131065, 200_001} {
		content := make([]byte, n)
		if _, err := rand.Read(content); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := sealed.Seal(&out, bytes.NewReader(content), int64(n), pub, binding); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if int64(out.Len()) != sealed.Size(int64(n)) {
			t.Errorf("%d bytes: the package has %d, said was %d", n, out.Len(), sealed.Size(int64(n)))
		}
		if got, err := open(again, binding, out.Bytes()); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// What is a little longer looks as long, so that a length tells little.
func TestLengthsAreHidden(t *testing.T) {
	got := map[int64]int64{}
	for _, n := range []int64{0, 100, 4000, 4089, 8000, 8185, 60_000, 65_529, 1_000_000, 20 << 20} {
		got[n] = sealed.Padded(n)
	}
	want := map[int64]int64{0: 4096, 100: 4096, 4000: 4096, 4089: 8192, 8000: 8192, 8185: 16384, 60_000: 65536, 65_529: 67584, 1_000_000: 1015808, 20 << 20: 21495808}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for n := int64(1); n < 1<<26; n = n*3/2 + 1 {
		if p := sealed.Padded(n); p < n+8 || (n > 1<<16 && p > n+8+n/8) {
			t.Fatalf("%d bytes are made %d", n, p)
		}
	}
}

// Twenty megabytes go through in a few chunks of memory.
func TestTwentyMegabytesInLittleMemory(t *testing.T) {
	k := newKey(t)
	const size = 20 << 20
	r, w := io.Pipe()
	go func() {
		_, err := sealed.Seal(w, io.LimitReader(zeros{}, size), size, k.Public(), binding)
		w.CloseWithError(err)
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var n counter
	if err := sealed.Open(&n, r, k, binding); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n != size {
		t.Fatalf("%d bytes came out", n)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 60<<20 {
		t.Fatalf("%d MB were allocated in all", grown>>20)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func BenchmarkSealAndOpen(b *testing.B) {
	k := newKey(b)
	for _, size := range []int64{4 << 10, 1 << 20, 20 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				r, w := io.Pipe()
				go func() {
					_, err := sealed.Seal(w, io.LimitReader(zeros{}, size), size, k.Public(), binding)
					w.CloseWithError(err)
				}()
				if err := sealed.Open(io.Discard, r, k, binding); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
