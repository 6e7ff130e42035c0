package faultproxy

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

const (
	chunk = 4096 // bytes that pass as one
	// ahead is how many chunks are on a slow way at once: the sender feels what the way takes.
	ahead = 16
)

type packet struct {
	data []byte
	at   time.Time // when it was sent
}

// pump passes on what comes from one side to the other, as the link lets it. It returns nil at the
// end of what comes.
func (p *Proxy) pump(ctx context.Context, c *pair, to, from net.Conn) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	way := make(chan packet, ahead)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(way)
		for {
			buffer := make([]byte, chunk)
			n, err := from.Read(buffer)
			if n > 0 {
				select {
				case way <- packet{buffer[:n], time.Now()}:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	})
	err := p.deliver(ctx, c, to, way)
	if err != nil {
		_ = from.Close() // the reader waits for it
	}
	cancel()
	reading.Wait()
	return err
}

func (p *Proxy) deliver(ctx context.Context, c *pair, to net.Conn, way <-chan packet) error {
	for packet := range way {
		for data := packet.data; len(data) > 0; {
			if err := p.pass(ctx); err != nil {
				return err
			}
			f, changed, _ := p.state()
			size, wait := len(data), time.Duration(0)
			switch f.Kind {
			case Delay:
				wait = time.Until(packet.at.Add(f.Delay))
			case Throttle:
				size = min(size, max(1, f.Rate/10))
				wait = time.Second * time.Duration(size) / time.Duration(max(1, f.Rate))
			}
			if !sleep(ctx, wait, changed) {
				continue // the link has changed meanwhile, or the connection has ended
			}
			if err := p.write(c, to, data[:size]); err != nil {
				return err
			}
			data = data[size:]
		}
	}
	return nil
}

// write sends bytes on, or swallows them.
func (p *Proxy) write(c *pair, to net.Conn, data []byte) error {
	p.mu.Lock()
	dead, ended := c.dead, c.ended
	if !dead {
		p.stats.Bytes += int64(len(data))
	}
	p.mu.Unlock()
	switch {
	case ended:
		return io.ErrClosedPipe
	case dead:
		return nil
	}
	_, err := to.Write(data)
	return err
}

// sleep waits; false means that something has changed before.
func sleep(ctx context.Context, wait time.Duration, changed <-chan struct{}) bool {
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-changed:
		return false
	case <-ctx.Done():
		return false
	}
}
