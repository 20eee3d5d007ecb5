//! Calls that end before their time: deadlines and cancellation. The server has to notice each.

use std::future::IntoFuture;
use std::time::Duration;

use product::proto::ecommerce::product_update_request::Update;
use rsgrpc::Code;

use crate::kinds::{category, update};
use crate::{Client, Result, fails, get, token};

pub(crate) async fn deadline_seen_by_server(client: Client) -> Result {
    let left =
        client.products.get_product(get("deadline")).timeout(Duration::from_secs(30)).await?.stock_quantity;
    assert!((20_000..31_000).contains(&left), "{left} ms left of 30,000");
    assert_eq!(client.products.get_product(get("deadline")).await?.stock_quantity, -1);
    Ok(())
}

pub(crate) async fn deadline_exceeded(client: Client) -> Result {
    let token = token();
    let call = client.products.get_product(get(&format!("hang-{token}")));
    fails(Code::DeadlineExceeded, call.timeout(Duration::from_millis(200)).await);
    client.noted(&token).await
}

pub(crate) async fn deadline_exceeded_stream(client: Client) -> Result {
    let token = token();
    let call = client.products.list_products(category(&format!("endless-{token}")));
    let mut products = call.timeout(Duration::from_millis(300)).await?;
    let result = loop {
        match products.message().await {
            Ok(Some(_)) => {}
            end => break end,
        }
    };
    fails(Code::DeadlineExceeded, result);
    client.noted(&token).await
}

pub(crate) async fn cancel_unary(client: Client) -> Result {
    let token = token();
    let call = client.products.get_product(get(&format!("hang-{token}")));
    let call = tokio::spawn(call.into_future());
    client.noted(&format!("{token}-begun")).await?;
    call.abort();
    client.noted(&token).await
}

pub(crate) async fn cancel_server_streaming(client: Client) -> Result {
    let token = token();
    let mut products = client.products.list_products(category(&format!("endless-{token}"))).await?;
    for _ in 0..3 {
        assert_eq!(products.message().await?.ok_or("the stream has ended")?.id, "endless");
    }
    drop(products);
    client.noted(&token).await
}

pub(crate) async fn cancel_bidi(client: Client) -> Result {
    let token = token();
    let (requests, mut products) = client.products.product_updates().await?;
    requests.send(update("prod-789", Update::StockAdjustment(0))).await?;
    assert_eq!(products.message().await?.ok_or("the stream has ended")?.id, "prod-789");
    requests.send(update(&format!("hang-{token}"), Update::NewPrice(1.0))).await?;
    client.noted(&format!("{token}-begun")).await?;
    drop((requests, products));
    client.noted(&token).await
}
