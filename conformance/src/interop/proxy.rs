//! What stands between client and server: nginx, nghttpx, Envoy.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::secrets::Secrets;
use crate::debian;
use crate::process::Server;
use crate::project::Project;
use crate::tools::{self, Missing, once};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    Nginx,
    Nghttpx,
    Envoy,
}

impl Proxy {
    pub fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Nghttpx => "nghttpx",
            Self::Envoy => "Envoy",
        }
    }

    /// The program, which is fetched if need be.
    pub fn prepare(self, project: &Project, log: &Path) -> Result<Ready, Missing> {
        let unpacked = |packages: &[&str]| {
            let folder = project.target.join("tools").join(self.name());
            once(&folder, packages, || debian::unpack(&folder, None, packages, log)).map(|()| folder)
        };
        Ok(match self {
            Self::Nginx => Ready::debian(self, &unpacked(&["nginx", "libpcre2-8-0"])?),
            Self::Nghttpx => Ready::debian(
                self,
                &unpacked(&["nghttp2-proxy", "libc-ares2", "libev4", "libjemalloc2", "libnghttp2-14"])?,
            ),
            Self::Envoy => {
                Ready { proxy: self, program: tools::envoy(project, log)?, libraries: PathBuf::new() }
            }
        })
    }
}

/// A proxy that can be started.
pub struct Ready {
    proxy: Proxy,
    program: PathBuf,
    libraries: PathBuf,
}

impl Ready {
    fn debian(proxy: Proxy, root: &Path) -> Self {
        Self { proxy, program: root.join("usr/sbin").join(proxy.name()), libraries: debian::libraries(root) }
    }

    /// Starts the proxy before a server that listens on `backend` without TLS. `folder` takes what it writes; with
    /// `tls` the proxy speaks TLS with its clients.
    pub fn start(
        &self,
        backend: &str,
        tls: Option<&Secrets>,
        folder: &Path,
        log: &Path,
    ) -> Result<Server, String> {
        let port = free_port()?;
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&path, text))
                .map_err(|error| error.to_string())?;
            Ok::<_, String>(path)
        };
        let mut command = Command::new(&self.program);
        if self.libraries.exists() {
            command.env("LD_LIBRARY_PATH", &self.libraries);
        }
        match self.proxy {
            Proxy::Nginx => {
                write("nginx.conf", nginx(port, backend, tls))?;
                command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "stderr"]);
            }
            Proxy::Nghttpx => {
                let plain = if tls.is_none() { ";no-tls" } else { "" };
                command.args([
                    "--conf=/dev/null",
                    "--errorlog-file=/dev/stderr",
                    "--accesslog-file=/dev/null",
                ]);
                command.arg(format!("--frontend=127.0.0.1,{port}{plain}"));
                command.arg(format!("--backend=127.0.0.1,{backend};;proto=h2"));
                if let Some(secrets) = tls {
                    command.args([&secrets.server_key, &secrets.server_certificate]);
                }
            }
            Proxy::Envoy => {
                command.arg("-c").arg(write("envoy.yaml", envoy(port, backend, tls))?);
                command.args(["--concurrency", "1", "--log-level", "error", "--disable-hot-restart"]);
            }
        }
        Server::on_port(&mut command, port, log)
    }
}

/// A port that nobody has: neither nginx nor nghttpx says which one it got.
fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(listener.map_err(|error| error.to_string())?.port())
}

fn nginx(port: u16, backend: &str, tls: Option<&Secrets>) -> String {
    let (ssl, certificate) = match tls {
        None => ("", String::new()),
        Some(secrets) => (
            " ssl",
            format!(
                "ssl_certificate {}; ssl_certificate_key {};",
                secrets.server_certificate.display(),
                secrets.server_key.display()
            ),
        ),
    };
    format!(
        "daemon off; master_process off; pid pid;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_max_body_size 0;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; scgi_temp_path scgi;
  uwsgi_temp_path uwsgi;
  server {{
    listen 127.0.0.1:{port}{ssl} http2; {certificate}
    location / {{ grpc_pass grpc://127.0.0.1:{backend}; }}
  }}
}}
"
    )
}

fn envoy(port: u16, backend: &str, tls: Option<&Secrets>) -> String {
    let transport = tls.map_or_else(String::new, |secrets| {
        format!(
            "
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          \"@type\": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          common_tls_context:
            alpn_protocols: [h2]
            tls_certificates:
            - certificate_chain: {{ filename: {} }}
              private_key: {{ filename: {} }}",
            secrets.server_certificate.display(),
            secrets.server_key.display()
        )
    });
    format!(
        "static_resources:
  listeners:
  - address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          \"@type\": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: interop
          codec_type: HTTP2
          route_config:
            virtual_hosts:
            - name: all
              domains: ['*']
              routes:
              - match: {{ prefix: / }}
                route: {{ cluster: server, timeout: 0s }}
          http_filters:
          - name: envoy.filters.http.router
            typed_config:
              \"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router{transport}
  clusters:
  - name: server
    type: STATIC
    circuit_breakers: {{ thresholds: [{{ max_requests: 4096, max_pending_requests: 4096 }}] }}
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        \"@type\": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {{ http2_protocol_options: {{}} }}
    load_assignment:
      cluster_name: server
      endpoints:
      - lb_endpoints:
        - endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {backend} }} }} }}
"
    )
}
