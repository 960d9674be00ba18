package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/doctor"
	"github.com/saphan-network/saphan/node/chassis/jobs"
	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/node/chassis/station"
)

// ActorKey is the file of the key that signs for the server.
func ActorKey(v config.Values) string { return filepath.Join(v.Text("data_dir"), "actor.pem") }

// SealKey is the file of the key that seals what the gate has cleared.
func SealKey(v config.Values) string { return filepath.Join(v.Text("data_dir"), "policy.key") }

// withStation opens the server's way out, without serving.
func (s *Shell) withStation(c *cobra.Command, f func(x *station.Station) error) error {
	return s.withPost(c, func(p post) error {
		v := p.Values
		if _, err := os.Stat(ActorKey(v)); errors.Is(err, fs.ErrNotExist) {
			return say.Fail(ExitNoInit, say.Text{TH: "เซิร์ฟเวอร์นี้ยังไม่มีกุญแจลงนาม ให้สั่ง serve หนึ่งครั้งก่อน", EN: "This server has no signing key yet; run serve once first"}, nil)
		}
		x, err := s.station(c.Context(), p.Base)
		if err != nil {
			return err
		}
		return f(x)
	})
}

func (s *Shell) fetchCommand() *cobra.Command {
	return &cobra.Command{Use: "fetch URL", Args: cobra.ExactArgs(1),
		Short: s.T("ขอเอกสารจากเซิร์ฟเวอร์ที่รู้จัก โดยลงนามคำขอ แล้วพิมพ์ตามที่ได้มา", "Get a document from a known server with a signed request, and print it as it came"),
		RunE: func(c *cobra.Command, args []string) error {
			return s.withStation(c, func(x *station.Station) error {
				body, err := x.Worker.Fetch(c.Context(), args[0])
				if err != nil {
					return unfetched(err)
				}
				_, err = s.Out.Write(append(bytes.TrimRight(body, "\n"), '\n'))
				return err
			})
		}}
}

type verdict struct {
	KeyID  string `json:"key_id"`
	Peer   string `json:"peer,omitempty"`
	Good   bool   `json:"good"`
	Reason string `json:"reason,omitempty"`
}

func (s *Shell) verifyCommand() *cobra.Command {
	return &cobra.Command{Use: "verify FILE", Args: cobra.ExactArgs(1),
		Short: s.T("ตรวจลายเซ็นของคำขอ HTTP ที่เก็บไว้ในไฟล์ (- คือ standard input) ด้วยกุญแจที่ตรึงไว้", "Check the signature of an HTTP request kept in a file (- is standard input) with the pinned keys"),
		RunE: func(c *cobra.Command, args []string) error {
			req, body, err := s.request(args[0])
			if err != nil {
				return err
			}
			return s.withPost(c, func(p post) error { return s.judge(c.Context(), p, req, body) })
		}}
}

// request reads one HTTP/1.1 request as it went over the wire.
func (s *Shell) request(file string) (*http.Request, []byte, error) {
	unreadable := func(err error) error {
		return say.Fail(ExitUsage, say.Text{TH: "ไฟล์นี้ไม่ใช่คำขอ HTTP/1.1 ทั้งก้อน", EN: "The file does not hold one whole HTTP/1.1 request"}, err)
	}
	from := s.In
	if file != "-" {
		f, err := os.Open(file) //nolint:gosec // the operator's file
		if err != nil {
			return nil, nil, say.Fail(ExitUsage, say.Text{TH: "เปิดไฟล์ไม่ได้", EN: "The file cannot be opened"}, err)
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	req, err := http.ReadRequest(bufio.NewReader(from))
	if err != nil {
		return nil, nil, unreadable(nil) // the cause quotes what was read
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, federation.MaxBody+1))
	if err != nil || len(body) > federation.MaxBody {
		return nil, nil, unreadable(nil)
	}
	return req, body, nil
}

func (s *Shell) judge(ctx context.Context, p post, req *http.Request, body []byte) error {
	base, err := url.Parse(p.Values.Text("base_url"))
	if err != nil {
		return err
	}
	var key string
	v := &sign.Verifier{Now: s.Now, Scheme: base.Scheme, Host: func(*http.Request) string { return base.Host },
		Key: func(ctx context.Context, id string) (sign.Public, error) {
			key = id
			return inbox.Keys(p.mail)(ctx, id)
		}}
	_, _, bad := v.Verify(req.WithContext(ctx), body)
	out := verdict{KeyID: key, Good: bad == nil, Reason: sign.Reason(bad)}
	if peer, err := p.mail.PeerByKey(ctx, key); err == nil {
		out.Peer = peer.Actor
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	err = s.Print(out, func(w io.Writer) error {
		if out.Good {
			_, err := fmt.Fprintf(w, s.T("ลายเซ็นถูกต้อง จาก %s\n", "The signature is good, by %s\n"), out.Peer)
			return err
		}
		_, err := fmt.Fprintf(w, s.T("ลายเซ็นใช้ไม่ได้: %s (กุญแจ %q)\n", "The signature is not accepted: %s (key %q)\n"), out.Reason, out.KeyID)
		return err
	})
	if err == nil && bad != nil {
		err = say.Fail(ExitCheck, say.Text{TH: "คำขอนี้จะถูกปฏิเสธ", EN: "This request would be refused"}, nil)
	}
	return err
}

// unfetched tells why there is no document, with the code that the pages explain.
func unfetched(err error) error {
	f := fault.As(err)
	if f.Kind == fault.Internal {
		return err
	}
	return say.Fail(code(err), say.Text{TH: "ขอเอกสารไม่ได้: %s", EN: "The document could not be fetched: %s"}.With(f.Key), nil)
}

// networkChecks are what doctor looks at where the program takes part in the network.
func (s *Shell) networkChecks(b *Base) []doctor.Check {
	if !s.hasMailbox() {
		return nil
	}
	mail := mailbox.New(b.DB, s.Now)
	checks := []doctor.Check{doctor.Post(mail), doctor.Queue(jobs.New(b.DB, s.Now, slog.New(slog.DiscardHandler)).Oldest)}
	key := ActorKey(b.Values)
	checks = append(checks, doctor.Evaluators(func(context.Context) error {
		p, err := rules(b.Values.Text("policy.rows"))
		if err != nil {
			return err
		}
		_, err = p.Compare()
		return err
	}, func(ctx context.Context) (bool, error) { return station.LastStop(ctx, b.Ledger) }))
	return append(checks, doctor.Identity(func(ctx context.Context) (bool, error) {
		peers, err := mail.Peers(ctx)
		return len(peers) > 0, err
	}, doctor.KeyFiles(key, SealKey(b.Values))), s.keyCheck(b))
}
