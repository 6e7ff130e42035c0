package sandbox

import (
	"net"
	"net/http"
	"time"
)

// server is an HTTP server on an address, with its goroutine.
type server struct {
	http *http.Server
	url  string
	done chan struct{} // closed when the goroutine has ended
}

func serve(addr string, handler http.Handler) (*server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &server{
		http: &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second},
		url:  "http://" + listener.Addr().String(),
		done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(listener) // ends by close
	}()
	return s, nil
}

func (s *server) close() error {
	err := s.http.Close()
	<-s.done
	return err
}
