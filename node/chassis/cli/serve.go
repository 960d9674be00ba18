package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/say"
)

// drain is how long open requests may take after the signal to stop.
const drain = 20 * time.Second

func (s *Shell) serveCommand() *cobra.Command {
	var migrate bool
	c := &cobra.Command{Use: "serve", Args: cobra.NoArgs, Short: s.T("เปิดเซิร์ฟเวอร์", "Run the server"),
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := s.Values(c)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGTERM, syscall.SIGINT)
			defer stop()
			context.AfterFunc(ctx, stop) // a second signal ends the process at once
			return s.serve(ctx, v, migrate)
		}}
	c.Flags().BoolVar(&migrate, "migrate", false, s.T("ปรับโครงสร้างฐานข้อมูลก่อนเปิด", "apply waiting migrations first"))
	return c
}

func (s *Shell) serve(ctx context.Context, v config.Values, migrate bool) error {
	if v.Text("base_url") == "" {
		return say.Fail(ExitNoInit, say.Text{TH: "ยังไม่ได้ตั้ง base_url ให้สั่ง init ก่อน", EN: "base_url is not set; run init first"}, nil)
	}
	if err := setUpHere(v); err != nil {
		return err
	}
	if v.SQLite() {
		release, err := lock(v)
		if err != nil {
			return err
		}
		defer release()
	}
	if err := s.ready(ctx, v, migrate); err != nil {
		return err
	}
	log := s.logger(v)
	public, err := listen(ctx, v.Text("listen"))
	if err != nil {
		return err
	}
	defer func() { _ = public.Close() }()
	var admin net.Listener
	if a := v.Text("admin_listen"); a != "" {
		if admin, err = listen(ctx, a); err != nil {
			return err
		}
		defer func() { _ = admin.Close() }()
	}
	srv, err := s.Program.Start(ctx, v, log)
	if told := (*say.Error)(nil); errors.As(err, &told) {
		return err // it says itself what to do
	}
	if err != nil {
		return say.Fail(ExitFailed, say.Text{TH: "เปิดเซิร์ฟเวอร์ไม่ได้", EN: "The server cannot be started"}, err)
	}
	err = stopped(run(ctx, srv, public, admin, s.getenv("NOTIFY_SOCKET"), log))
	return errors.Join(err, srv.Close())
}

// stopped is why a server has ended by itself. What serve writes at its end is
// kept beside the log, so it says no more than the log does.
func stopped(err error) error {
	if err == nil {
		return nil
	}
	return say.Fail(ExitFailed, say.Text{TH: "เซิร์ฟเวอร์หยุดทำงาน: %s", EN: "The server has stopped: %s"}.With(fault.Label(err)), nil)
}

// ready looks at the database before anything is started.
func (s *Shell) ready(ctx context.Context, v config.Values, migrate bool) error {
	b, err := s.openAt(ctx, v)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	if err := b.DB.Check(ctx); err != nil {
		return say.Fail(ExitCheck, say.Text{TH: "ฐานข้อมูลตั้งค่าไม่ปลอดภัย", EN: "The database is not set up safely"}, err)
	}
	waiting, err := s.waiting(ctx, b)
	if err != nil {
		return err
	}
	if waiting == 0 {
		return nil
	}
	if !migrate {
		return behind(waiting)
	}
	if _, err := b.DB.Migrate(ctx, s.Program.Sets...); err != nil {
		return say.Fail(ExitFailed, say.Text{TH: "ปรับโครงสร้างไม่สำเร็จ", EN: "Migrating failed"}, err)
	}
	return nil
}

// Ready reads the settings, and makes sure that the server is set up and its
// database fits the program, for a command that then puts the server together.
func (s *Shell) Ready(c *cobra.Command) (config.Values, error) {
	v, err := s.Values(c)
	if err != nil {
		return v, err
	}
	return v, s.ready(c.Context(), v, false)
}

// waiting counts the migrations that are not applied yet.
func (s *Shell) waiting(ctx context.Context, b *Base) (n int, err error) {
	steps, err := b.DB.Plan(ctx, s.Program.Sets...)
	switch {
	case errors.Is(err, database.ErrNewer):
		return 0, say.Fail(ExitCheck, say.Text{TH: "ฐานข้อมูลใหม่กว่าโปรแกรมนี้", EN: "The database is newer than this program"}, err)
	case err != nil:
		return 0, say.Fail(ExitCheck, say.Text{TH: "ฐานข้อมูลไม่ตรงกับโปรแกรม", EN: "The database does not fit the program"}, err)
	}
	for _, st := range steps {
		if !st.Applied {
			n++
		}
	}
	return n, nil
}

func behind(waiting int) error {
	return say.Fail(ExitCheck, say.Text{TH: "ฐานข้อมูลต้องปรับโครงสร้าง %d ขั้น ให้สำรองข้อมูล แล้วสั่ง migrate up หรือ serve --migrate",
		EN: "%d migrations are waiting; back up, then run migrate up or serve --migrate"}.With(waiting), nil)
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, say.Fail(ExitFailed, say.Text{TH: "มีโปรแกรมอื่นใช้ %s อยู่ เลือกพอร์ตอื่นหรือปิดโปรแกรมนั้น", EN: "Something else is using %s; choose another port or stop it"}.With(addr), nil)
	}
	if err != nil {
		return nil, say.Fail(ExitFailed, say.Text{TH: "รับที่ %s ไม่ได้", EN: "Cannot listen on %s"}.With(addr), err)
	}
	return l, nil
}

// run serves until ctx ends or something fails, and then stops in order:
// readiness, open requests, background work.
func run(ctx context.Context, srv Server, public, admin net.Listener, socket string, log *slog.Logger) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var up atomic.Bool
	m := newMetrics()
	servers := []*http.Server{server(m.count(srv.Handler()), log)}
	failed := make(chan error, 3)
	worked := make(chan struct{})
	go func() { failed <- servers[0].Serve(public) }()
	if admin != nil {
		a := server(m.admin(up.Load), log)
		servers = append(servers, a)
		go func() { failed <- a.Serve(admin) }()
	}
	go func() {
		defer close(worked)
		if err := srv.Run(work); err != nil && work.Err() == nil {
			failed <- fmt.Errorf("background work: %w", err)
		}
	}()
	debug.FreeOSMemory() // starting leaves as much garbage as serving will ever need: small machines run this
	up.Store(true)
	log.Info("serving", "listen", public.Addr().String())
	notify(ctx, socket, "READY=1")
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		log.Error("stopping", "cause", fault.Label(err))
	}
	up.Store(false)
	notify(context.WithoutCancel(ctx), socket, "STOPPING=1")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	for _, h := range servers {
		if e := h.Shutdown(grace); e != nil {
			_ = h.Close()
			log.Warn("some requests were cut off", "cause", fault.Label(e))
		}
	}
	stopWork()
	<-worked
	log.Info("stopped")
	return err
}

func server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: complaints(log)}
}

// notify tells systemd; without a socket there is nobody to tell.
func notify(ctx context.Context, socket, state string) {
	if socket == "" {
		return
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "unixgram", socket)
	if err != nil {
		return
	}
	_, _ = c.Write([]byte(state))
	_ = c.Close()
}
