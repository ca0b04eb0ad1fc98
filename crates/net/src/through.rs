//! Reading and writing through whichever variant an enum of streams is.

/// Makes an enum, each variant of which holds a stream, a stream itself: `AsyncRead` and
/// `AsyncWrite`, vectored writes included.
#[macro_export]
macro_rules! stream_of_variants {
    ($name:ident { $($(#[$meta:meta])* $variant:ident),+ $(,)? }) => {
        impl ::tokio::io::AsyncRead for $name {
            fn poll_read(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
                buf: &mut ::tokio::io::ReadBuf<'_>,
            ) -> ::std::task::Poll<::std::io::Result<()>> {
                match self.get_mut() {
                    $($(#[$meta])* Self::$variant(io) => ::std::pin::Pin::new(io).poll_read(cx, buf),)+
                }
            }
        }

        impl ::tokio::io::AsyncWrite for $name {
            fn poll_write(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
                buf: &[u8],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                match self.get_mut() {
                    $($(#[$meta])* Self::$variant(io) => ::std::pin::Pin::new(io).poll_write(cx, buf),)+
                }
            }

            fn poll_flush(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
            ) -> ::std::task::Poll<::std::io::Result<()>> {
                match self.get_mut() {
                    $($(#[$meta])* Self::$variant(io) => ::std::pin::Pin::new(io).poll_flush(cx),)+
                }
            }

            fn poll_shutdown(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
            ) -> ::std::task::Poll<::std::io::Result<()>> {
                match self.get_mut() {
                    $($(#[$meta])* Self::$variant(io) => ::std::pin::Pin::new(io).poll_shutdown(cx),)+
                }
            }

            fn poll_write_vectored(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
                bufs: &[::std::io::IoSlice<'_>],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                match self.get_mut() {
                    $($(#[$meta])* Self::$variant(io) => {
                        ::std::pin::Pin::new(io).poll_write_vectored(cx, bufs)
                    })+
                }
            }

            fn is_write_vectored(&self) -> bool {
                match self {
                    $($(#[$meta])* Self::$variant(io) => ::tokio::io::AsyncWrite::is_write_vectored(io),)+
                }
            }
        }
    };
}
