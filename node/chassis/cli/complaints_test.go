package cli

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/saphan-network/saphan/node/chassis/say"
)

// What a handler panics with stays out of the log, also where net/http catches it.
func TestComplaintsCarryNoValue(t *testing.T) {
	var log bytes.Buffer
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = server(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("somebody") }),
		slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	srv.Start()
	res, err := srv.Client().Get(srv.URL + "/?q=somebody")
	if err == nil {
		_ = res.Body.Close()
		t.Error("a panic was answered")
	}
	srv.Close()
	if s := log.String(); strings.Contains(s, "somebody") || strings.Contains(s, "127.0.0.1") || !strings.Contains(s, "a request has panicked") {
		t.Error(s)
	}
}

// Nor does the last word of a server that has ended by itself.
func TestTheLastWordCarriesNoValue(t *testing.T) {
	if stopped(nil) != nil {
		t.Error("a server that was asked to stop has failed")
	}
	err := stopped(fmt.Errorf("background work: %w", &pgconn.PgError{Code: "22P02", Message: `invalid input: "somebody"`}))
	if s := say.Explain(err, "en"); strings.Contains(s, "somebody") || !strings.Contains(s, "sqlstate 22P02") || code(err) != ExitFailed {
		t.Error(s)
	}
}
