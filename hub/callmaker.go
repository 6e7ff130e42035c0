package hub

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/partner"

	"go.etcd.io/bbolt"
)

// serve makes one connection's calls until ctx ends: a platform that hangs holds up its own.
func (c *calls) serve(ctx context.Context, connection string) {
	slots := make(chan struct{}, perConnection)
	var group sync.WaitGroup
	defer group.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		r, wait := c.next(connection)
		if r == nil {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			case <-c.wake[connection]:
			}
			continue
		}
		select {
		case <-ctx.Done():
			return
		case slots <- struct{}{}:
		}
		group.Go(func() {
			defer func() { <-slots }()
			c.make(ctx, r)
		})
	}
}

// idle bounds how long a connection waits without looking at its calls again.
const idle = time.Hour

// next takes the first call of an order whose time has come, or says how long to wait.
func (c *calls) next(connection string) (*record, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.hub.now()
	wait := idle
	for id, chain := range c.chains {
		at := slices.IndexFunc(chain, func(r *record) bool { return !r.Dead })
		if at < 0 || c.busy[id] || chain[at].Connection != connection {
			continue
		}
		r := chain[at]
		if until := r.next.Sub(now); until > 0 {
			wait = min(wait, until)
			continue
		}
		c.busy[id] = true
		return r, 0
	}
	return nil, wait
}

// make carries out one attempt and stores what came of it.
func (c *calls) make(ctx context.Context, r *record) {
	defer c.release(r.OrderID, r.Connection)
	connection := c.hub.connections[r.Connection]
	if until := r.Call.Until; !until.IsZero() && !c.hub.now().Before(until) {
		c.hub.metrics.call(connection.Partner, r.Call.Name, callDropped)
		c.hub.slog.Info("call to a platform makes no sense any more", "connection", r.Connection, "call", r.Call.Name, "attempts", r.Attempts)
		c.keep(context.WithoutCancel(ctx), r, *r, true)
		return
	}
	verdict, after, problem := c.attempt(ctx, connection, r.Call)
	if ctx.Err() != nil && verdict == partner.Again {
		return // stopping: the call waits for the next start
	}
	ctx = context.WithoutCancel(ctx) // what the platform has said is kept
	now := c.hub.now()
	// others read the record meanwhile: it changes in one go, once it is stored
	tried := *r
	tried.Attempts++
	tried.Problem = problem
	result := callDone
	switch verdict {
	case partner.Settled:
		result = callSettled
		c.settled(ctx, r, now)
	case partner.Refused:
		result, tried.Dead = callDead, true
	case partner.Again:
		result = callAgain
		if now.Sub(r.MadeAt) > c.retry.For {
			result, tried.Dead = callDead, true
		} else {
			tried.next = now.Add(max(after, c.retry.wait(tried.Attempts)))
		}
	}
	c.answered(ctx, &tried, verdict, result, now)
	c.hub.metrics.call(connection.Partner, r.Call.Name, result)
	level := slog.LevelInfo
	if result != callDone {
		level = slog.LevelWarn
	}
	c.hub.slog.Log(ctx, level, "call to a platform", "connection", r.Connection, "call", r.Call.Name, "order", r.OrderID,
		"result", result, "attempts", tried.Attempts, "problem", problem)
	c.keep(ctx, r, tried, result == callDone || result == callSettled)
}

// keep stores the attempt. Where the disk refuses, the call is made again: better twice than
// never.
func (c *calls) keep(ctx context.Context, r *record, tried record, finished bool) {
	err := c.hub.log.Update(ctx, func(tx *bbolt.Tx) error {
		if finished {
			return tx.Bucket(bucketCalls).Delete([]byte(r.key))
		}
		return put(tx, &tried)
	})
	if err != nil {
		c.hub.slog.Error("a call's result could not be stored", "call", r.Call.Name, "order", r.OrderID, "error", err)
		tried.next = c.hub.now().Add(c.retry.First)
		finished = false
	}
	defer c.hub.orderings.heard(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	*r = tried
	if !finished {
		return
	}
	chain := slices.DeleteFunc(c.chains[r.OrderID], func(other *record) bool { return other == r })
	if c.chains[r.OrderID] = chain; len(chain) == 0 {
		delete(c.chains, r.OrderID)
	}
}

func (c *calls) release(orderID, connection string) {
	c.mu.Lock()
	delete(c.busy, orderID)
	c.mu.Unlock()
	c.signal(connection)
}

// attempt makes the call once.
func (c *calls) attempt(ctx context.Context, connection *connection, call partner.Call) (verdict partner.Verdict, after time.Duration, problem string) {
	address := strings.TrimSuffix(connection.Base.String(), "/") + call.Path
	request, err := http.NewRequestWithContext(ctx, call.Method, address, bytes.NewReader(call.Body))
	if err != nil {
		return partner.Refused, 0, "the call has no usable address: " + err.Error()
	}
	request.Header.Set("Content-Type", "application/json")
	if err := connection.Adapter.Authorize(ctx, request); err != nil {
		return partner.Again, 0, "no authorization: " + err.Error()
	}
	response, err := c.client.Do(request)
	if err != nil {
		// without the address: it names an order, and this text is for everybody
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err
		}
		return partner.Again, 0, "no answer: " + err.Error()
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return partner.Again, 0, "the answer stopped: " + err.Error()
	}
	verdict = connection.Adapter.Judge(call, response.StatusCode, answer)
	if verdict != partner.Done {
		problem = "HTTP " + strconv.Itoa(response.StatusCode)
	}
	return verdict, retryAfter(response.Header.Get("Retry-After"), c.hub.now()), problem
}

// retryAfter reads the header of RFC 9110: seconds or a date; an hour at most.
func retryAfter(value string, now time.Time) time.Duration {
	const most = time.Hour
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(most, max(0, time.Duration(min(seconds, 3600))*time.Second))
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(most, max(0, at.Sub(now)))
	}
	return 0
}

// settled hears that the platform had its answer already: before the deadline somebody
// accepted on the platform's own tablet, which is what we wanted; after it the platform has
// given the order up.
func (c *calls) settled(ctx context.Context, r *record, now time.Time) {
	o, err := c.hub.log.Order(r.OrderID)
	if err == nil && (o.AcceptBy.IsZero() || now.Before(o.AcceptBy) || o.Status == order.Rejected) {
		return
	}
	if err == nil {
		_, err = c.hub.apply(ctx, order.Command{ID: order.Identity(o.ID, "expired"), Type: order.Expire, OrderID: o.ID, By: o.Connection, At: now})
	}
	if err != nil && order.KindOf(err) == "" {
		c.hub.slog.Error("an order that the platform gave up could not be marked", "order", r.OrderID, "error", err)
	}
}

// answered has every terminal hear what the platform said: of a delay in any case, of all else
// that it was not taken, and that it was after all.
func (c *calls) answered(ctx context.Context, tried *record, verdict partner.Verdict, result string, now time.Time) {
	answer := order.Answer{Command: tried.Command, Verdict: order.AnswerTaken}
	switch {
	case tried.Command == "", result == callAgain, result == callSettled, result == callDone && !tried.Awaited:
		return
	case verdict == partner.Refused:
		answer.Verdict, answer.Problem = order.AnswerRefused, tried.Problem
	case result == callDead:
		answer.Verdict, answer.Problem = order.AnswerNone, tried.Problem
	}
	_, err := c.hub.apply(ctx, order.Command{
		ID: order.Identity(tried.OrderID, tried.key, string(answer.Verdict)), Type: order.PartnerAnswered,
		OrderID: tried.OrderID, By: tried.Connection, At: now, Answer: &answer,
	})
	if err != nil {
		c.hub.slog.Error("a platform's answer could not be kept", "order", tried.OrderID, "call", tried.Call.Name, "error", err)
	}
	// somebody may send a dead letter again, and its end is then awaited
	tried.Awaited = true
}
