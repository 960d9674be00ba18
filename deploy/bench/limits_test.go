package bench

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// databases are those that there are here: always the embedded one.
func databases() map[string]string {
	out := map[string]string{"sqlite": "sqlite"}
	if at := os.Getenv("SAPHAN_TEST_POSTGRES"); at != "" {
		out["postgres"] = at
	}
	return out
}

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// backends is the processor time of the PostgreSQL processes that serve one
// database, as long as they live.
func backends(at string) time.Duration {
	u, err := url.Parse(at)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return 0
	}
	name, sum := strings.TrimPrefix(u.Path, "/"), time.Duration(0)
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range all {
		line, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(line, []byte("postgres:")) || !bytes.Contains(line, []byte(" "+name+" ")) {
			continue
		}
		stat, err := os.ReadFile(filepath.Join(filepath.Dir(path), "stat"))
		if err != nil {
			continue
		}
		f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		for _, s := range f[11:13] { // utime and stime, in hundredths of a second
			n, _ := strconv.Atoi(s)
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum
}

// bareVerify is the time of one bare verification on one core.
func bareVerify(b *testing.B, key *sign.Key, to *network.Server) time.Duration {
	const n = 500
	u, err := url.Parse(to.URL)
	if err != nil {
		b.Fatal(err)
	}
	r := offer(b, key, to, 1)
	r.Host = u.Host
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	v := &sign.Verifier{Now: time.Now, Scheme: u.Scheme, Host: func(*http.Request) string { return u.Host },
		Key: func(_ context.Context, _ string) (sign.Public, error) { return key.Public("x"), nil }}
	begun := time.Now()
	for range n {
		if _, _, err := v.Verify(r, body); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begun) / n
}

// bareCommit is the time of one small row in one durable transaction, so many at a
// time, on a database of the same kind.
func bareCommit(b *testing.B, at string, many int) time.Duration {
	const n = 300
	cfg := database.Config{URL: at}
	if at == "sqlite" {
		cfg = database.Config{URL: "sqlite:" + filepath.Join(b.TempDir(), "bare.db"), Key: bytes.Repeat([]byte{7}, 32)}
	}
	db, err := database.Open(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	table := "bare_" + opaque.ID()
	if err := db.Conn(b.Context()).Exec("CREATE TABLE " + table + " (id TEXT PRIMARY KEY)").Error; err != nil {
		b.Fatal(err)
	}
	work := make(chan struct{}, n)
	for range n {
		work <- struct{}{}
	}
	close(work)
	var wg sync.WaitGroup
	begun := time.Now()
	for range many {
		wg.Go(func() {
			for range work {
				if err := db.Within(b.Context(), func(ctx context.Context) error {
					return db.Conn(ctx).Exec("INSERT INTO "+table+" (id) VALUES (?)", opaque.ID()).Error
				}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(begun) / n
}
