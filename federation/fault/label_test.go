package fault_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/saphan-network/saphan/federation/fault"
)

const secret = "นาแฮ 0-0000-89123-45-1"

func TestLabelHoldsNoText(t *testing.T) {
	address := func(cause error) error {
		return &url.Error{Op: "Post", URL: "https://b.example/cases/" + secret, Err: cause}
	}
	var number struct{ N int }
	for want, err := range map[string]error{
		"":                                   nil,
		"internal":                           errors.New(secret),
		"internal end_of_chain":              labelled{},
		"invalid error.case":                 fault.Wrap(fault.Invalid, "error.case", fmt.Errorf("%s: %w", secret, errors.New(secret))).With("name", secret),
		"invalid":                            fault.New(fault.Invalid, secret),
		"conflict error.stale":               fmt.Errorf("%s: %w", secret, fault.New(fault.Conflict, "error.stale")),
		"internal sqlstate 23505":            fmt.Errorf("save: %w", &pgconn.PgError{Code: "23505", Message: secret, Detail: "Key (name)=(" + secret + ") already exists."}),
		"internal sqlstate":                  &pgconn.PgError{Code: secret, Message: secret},
		"unavailable error.x sqlstate 57P01": fault.Wrap(fault.Unavailable, "error.x", &pgconn.PgError{Code: "57P01"}),
		"internal dns":                       address(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: secret, IsTimeout: true}}),
		"internal refused":                   address(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}),
		"internal tls":                       address(x509.UnknownAuthorityError{}),
		"internal timeout":                   address(context.DeadlineExceeded),
		"internal canceled":                  errors.Join(address(context.Canceled), errors.New(secret)),
		"internal no_file":                   &fs.PathError{Op: "open", Path: "/" + secret, Err: fs.ErrNotExist},
		"internal json.UnmarshalTypeError":   json.Unmarshal([]byte(`{"N":"`+secret+`"}`), &number),
		"internal url.Error":                 address(errors.New(secret)),
	} {
		if got := fault.Label(err); got != want {
			t.Errorf("%T: %q, want %q", err, got, want)
		}
	}
}

type labelled struct{}

func (labelled) Error() string    { return secret }
func (labelled) LogLabel() string { return "end_of_chain" }

func TestCaughtKeepsNoValue(t *testing.T) {
	for what, f := range map[string]func(){
		"string": func() { panic(secret) }, "*errors.errorString": func() { panic(errors.New(secret)) },
		"runtime.boundsError": func() { _ = []string{}[len(secret)] }, "fault_test.labelled": func() { panic(labelled{}) },
	} {
		err := fails(f)
		label := fault.Label(err)
		if strings.Contains(label, secret) || strings.Contains(fmt.Sprintf("%+v %s", err, err), secret) {
			t.Errorf("%s: the value is kept: %s", what, label)
		}
		if !strings.HasPrefix(label, "internal panic "+what+" in fault_test.TestCaughtKeepsNoValue.func") || !strings.Contains(label, " < fault_test.fails") {
			t.Errorf("%s: where it was is lost: %s", what, label)
		}
	}
}

func fails(f func()) (err error) {
	defer func() { err = fault.Caught(recover()) }()
	f()
	return nil
}
