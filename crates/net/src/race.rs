//! Dialling a name with several addresses: the next is tried when one fails, or when it has not
//! answered for a while; the first connection wins (RFC 8305 section 5).

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::time::{Sleep, sleep};

use crate::{Address, DialOptions, Network, Stream};

/// Dials the addresses in their order and returns the first connection. The last error stands if
/// none answers. It has no time limit of its own.
pub async fn dial_any(
    network: &Network,
    addresses: &[SocketAddr],
    options: &DialOptions,
) -> io::Result<Stream> {
    match addresses {
        [] => Err(io::ErrorKind::AddrNotAvailable.into()),
        [only] => network.dial_with(&Address::Tcp(*only), options).await,
        _ => {
            Race {
                network,
                options,
                waiting: addresses,
                dials: Vec::new(),
                head_start: None,
            }
            .await
        }
    }
}

type Dial<'a> = Pin<Box<dyn Future<Output = io::Result<Stream>> + 'a>>;

struct Race<'a> {
    network: &'a Network,
    options: &'a DialOptions,
    waiting: &'a [SocketAddr],
    dials: Vec<Dial<'a>>,
    head_start: Option<Pin<Box<Sleep>>>,
}

impl Race<'_> {
    fn start_next(&mut self) -> bool {
        let Some((next, rest)) = self.waiting.split_first() else {
            return false;
        };
        self.waiting = rest;
        let (network, options, next) = (self.network, self.options, *next);
        let dial = async move { network.dial_with(&Address::Tcp(next), options).await };
        self.dials.push(Box::pin(dial));
        self.head_start = match options.head_start {
            Some(time) if !rest.is_empty() => Some(Box::pin(sleep(time))),
            _ => None,
        };
        true
    }
}

impl Future for Race<'_> {
    type Output = io::Result<Stream>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let race = &mut *self;
        if race.dials.is_empty() {
            race.start_next();
        }
        let mut index = 0;
        loop {
            while index < race.dials.len() {
                match race.dials[index].as_mut().poll(cx) {
                    Poll::Pending => index += 1,
                    Poll::Ready(Ok(stream)) => return Poll::Ready(Ok(stream)),
                    Poll::Ready(Err(error)) => {
                        drop(race.dials.swap_remove(index));
                        if !race.start_next() && race.dials.is_empty() {
                            return Poll::Ready(Err(error));
                        }
                        index = 0;
                    }
                }
            }
            match race
                .head_start
                .as_mut()
                .map(|timer| timer.as_mut().poll(cx))
            {
                Some(Poll::Ready(())) => race.start_next(),
                Some(Poll::Pending) | None => return Poll::Pending,
            };
        }
    }
}

#[cfg(all(test, feature = "memory"))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::memory::{Fault, MemoryNetwork};

    fn address(last: u8) -> SocketAddr {
        ([10, 0, 0, last], 80).into()
    }

    fn network() -> (MemoryNetwork, Network) {
        let memory = MemoryNetwork::default();
        (memory.clone(), Network::Memory(memory))
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_address_is_tried_at_once_after_a_refusal() -> io::Result<()> {
        let (memory, network) = network();
        let _listener = memory.bind(&address(2).into(), 1)?;
        let options = DialOptions::default();
        let start = tokio::time::Instant::now();
        dial_any(&network, &[address(1), address(2)], &options).await?;
        assert_eq!(start.elapsed(), Duration::ZERO);
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_delays_the_next_by_its_head_start_only() -> io::Result<()> {
        let (memory, network) = network();
        memory.set_fault(&address(1).into(), Fault::BlackHole);
        let _listener = memory.bind(&address(2).into(), 1)?;
        let options = DialOptions::default();
        let start = tokio::time::Instant::now();
        dial_any(&network, &[address(1), address(2)], &options).await?;
        assert_eq!(start.elapsed(), Duration::from_millis(300));
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn the_error_stands_when_nobody_answers() {
        let (_memory, network) = network();
        let error = dial_any(&network, &[address(1), address(2)], &DialOptions::default())
            .await
            .expect_err("refused");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
