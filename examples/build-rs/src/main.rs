//! A service whose code is generated while it is built, called within the process: no sockets, as in a test.

mod proto {
    include!(concat!(env!("OUT_DIR"), "/mod.rs"));
}

use proto::weather::v1::{Report, Sky, WatchRequest, Weather, WeatherClient, WeatherServer};
use rsgrpc::{Channel, Context, Sender, Server, Status};

struct Forecast;

impl Weather for Forecast {
    async fn watch(&self, _: &Context, request: WatchRequest, reports: Sender<Report>) -> Result<(), Status> {
        if request.city.is_empty() {
            return Err(Status::invalid_argument("which city?"));
        }
        for hour in 0..request.reports.max(1) {
            let sky = if hour % 2 == 0 { Sky::CLEAR } else { Sky::CLOUDY };
            reports.send(Report { celsius: 20.0 - f64::from(hour), sky, ..Default::default() }).await?;
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Status> {
    let server = Server::new().add(WeatherServer::new(Forecast)).local();
    let client = WeatherClient::new(Channel::local(&server));
    let request = WatchRequest { city: "Bergen".to_owned(), reports: 3, ..Default::default() };
    let mut reports = client.watch(request).await?;
    while let Some(report) = reports.message().await? {
        println!("{report:?}");
    }
    Ok(())
}
