package fault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Label is all that a log may say of an error: its kind, its message key, and of
// its cause a code or a word from a closed list, else the name of its Go type.
// Never a text: databases quote values, and addresses hold paths.
func Label(err error) string {
	if err == nil {
		return ""
	}
	out := string(KindOf(err))
	var e *Error
	if errors.As(err, &e) && isKey(e.Key) {
		out += " " + e.Key
	}
	if c := cause(err); c != "" {
		out += " " + c
	}
	return out
}

func cause(err error) string {
	var own interface{ LogLabel() string }
	if errors.As(err, &own) {
		return own.LogLabel()
	}
	if c := databaseCode(err); c != "" {
		return c
	}
	if w := network(err); w != "" {
		return w
	}
	for _, k := range known {
		if errors.Is(err, k.err) {
			return k.word
		}
	}
	return typeName(err)
}

// databaseCode finds the code of PostgreSQL or of SQLite without knowing their drivers.
func databaseCode(err error) string {
	var pg interface{ SQLState() string }
	if errors.As(err, &pg) {
		if s := pg.SQLState(); len(s) == 5 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
			return "sqlstate " + s
		}
		return "sqlstate"
	}
	var lite interface {
		error
		Temporary() bool
	}
	if !errors.As(err, &lite) {
		return ""
	}
	m := reflect.ValueOf(lite).MethodByName("ExtendedCode") // its result has a type of the driver's
	if !m.IsValid() || m.Type().NumIn() != 0 || m.Type().NumOut() != 1 || !m.Type().Out(0).ConvertibleTo(reflect.TypeFor[uint16]()) {
		return ""
	}
	return "sqlite " + strconv.FormatUint(m.Call(nil)[0].Convert(reflect.TypeFor[uint16]()).Uint(), 10)
}

// network sorts the ways in which another machine cannot be reached.
func network(err error) string {
	var (
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		alert   tls.AlertError
		record  tls.RecordHeaderError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.As(err, &dns):
		return "dns"
	case errors.As(err, &cert), errors.As(err, &alert), errors.As(err, &record), errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return "tls"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	}
	return ""
}

var known = []struct {
	err  error
	word string
}{
	{syscall.ECONNREFUSED, "refused"}, {syscall.ECONNRESET, "reset"}, {syscall.EPIPE, "reset"},
	{syscall.EHOSTUNREACH, "unreachable"}, {syscall.ENETUNREACH, "unreachable"}, {syscall.EADDRINUSE, "address_in_use"},
	{net.ErrClosed, "closed"}, {fs.ErrClosed, "closed"}, {sql.ErrConnDone, "closed"}, {sql.ErrTxDone, "transaction_done"},
	{syscall.ENOSPC, "disk_full"}, {fs.ErrNotExist, "no_file"}, {fs.ErrPermission, "no_permission"}, {sql.ErrNoRows, "no_rows"},
	{io.ErrUnexpectedEOF, "cut_off"}, {io.EOF, "end"},
}

// typeName is the type of the innermost error, "" where it is text and nothing else.
func typeName(err error) string {
	name := ""
	for err != nil {
		switch s := strings.TrimPrefix(reflect.TypeOf(err).String(), "*"); s {
		case "errors.errorString", "fmt.wrapError", "fmt.wrapErrors", "errors.joinError", "fault.Error":
		default:
			name = s
		}
		switch u := err.(type) {
		case interface{ Unwrap() error }:
			err = u.Unwrap()
		case interface{ Unwrap() []error }:
			err = first(u.Unwrap())
		default:
			err = nil
		}
	}
	return name
}

func first(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return errs[0]
}

// isKey reports whether s is written like a message key.
func isKey(s string) bool {
	return s != "" && len(s) <= 80 && (s[0] < '0' || s[0] > '9') && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789._") == ""
}

// Panic is a panic that was caught: the type of its value and the functions that
// were running, innermost first. The value is not kept, for it may hold anything.
type Panic struct {
	Value string // the name of a Go type
	Stack []string
}

// Caught makes an error of what recover has returned. Call it in the deferred
// function itself.
func Caught(value any) *Panic {
	p := &Panic{Value: fmt.Sprintf("%T", value)}
	var at [48]uintptr
	frames := runtime.CallersFrames(at[:runtime.Callers(3, at[:])])
	for len(p.Stack) < 16 {
		f, more := frames.Next()
		if name := f.Function; name != "" && !strings.HasPrefix(name, "runtime.") {
			p.Stack = append(p.Stack, name[strings.LastIndexByte(name, '/')+1:])
		}
		if !more {
			break
		}
	}
	return p
}

// Error tells what LogLabel tells.
func (p *Panic) Error() string { return p.LogLabel() }

// LogLabel holds names of the program only.
func (p *Panic) LogLabel() string {
	return "panic " + p.Value + " in " + strings.Join(p.Stack, " < ")
}
