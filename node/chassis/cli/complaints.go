package cli

import (
	stdlog "log"
	"log/slog"
	"strings"
)

// complaints is where net/http tells of connections that went wrong. Its words
// hold addresses of visitors and values of panics, so only the sort is logged.
func complaints(log *slog.Logger) *stdlog.Logger { return stdlog.New(sorter{log}, "", 0) }

type sorter struct{ log *slog.Logger }

// Write takes one complaint.
func (s sorter) Write(p []byte) (int, error) {
	text := string(p)
	switch {
	case strings.HasPrefix(text, "http: panic serving"):
		s.log.Error("a request has panicked")
	case strings.HasPrefix(text, "http: TLS handshake error"):
		s.log.Debug("a connection was not made", "sort", "tls")
	case strings.HasPrefix(text, "http: Accept error"):
		s.log.Warn("a connection was not made", "sort", "accept")
	default:
		s.log.Debug("a connection went wrong")
	}
	return len(p), nil
}
