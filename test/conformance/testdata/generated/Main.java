import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.Callable;

import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.JSON;
import org.openapitools.client.api.DefaultApi;
import org.openapitools.client.model.*;

/** The main job with the client that OpenAPI Generator makes for Java. */
public class Main {
    static final String CONTENT = "bananas";
    static String key;

    public static void main(String[] args) {
        ApiClient client = new ApiClient();
        client.setObjectMapper(JSON.getDefault().getMapper()); // the strict one: to the other an answer is also a batch
        client.updateBaseUri(System.getenv("API_URL"));
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + System.getenv("ACCESS_TOKEN")));
        DefaultApi api = new DefaultApi(client);
        PutObjectRequest put = new PutObjectRequest().contentType("text/plain").contentLength((long) CONTENT.length());

        check("upload", () -> {
            Answer answer = api.presignUpload(new PresignUploadRequest(put)).getAnswer();
            key = answer.getKey();
            return send(answer).isEmpty();
        });
        check("download", () -> send(api.presignDownload(new PresignDownloadRequest(new GetObjectRequest().key(key))).getAnswer()).equals(CONTENT));
        check("batch", () -> {
            BatchUploadRequestRequestsInner item = new BatchUploadRequestRequestsInner(put);
            BatchAnswer both = api.presignUpload(new PresignUploadRequest(new BatchUploadRequest().requests(List.of(item, item)))).getBatchAnswer();
            return both.getResults().size() == 2 && both.getResults().get(1).getBatchResult().getMethod() == BatchResult.MethodEnum.PUT;
        });
        check("refusal", () -> {
            try {
                api.presignDownload(new PresignDownloadRequest(new GetObjectRequest().key("alice/1")));
                return false;
            } catch (ApiException refused) {
                return refused.getCode() == 403 && refused.getResponseBody().contains("KeyOutsidePrefix");
            }
        });
    }

    /** Sends exactly what was answered. */
    static String send(Answer answer) throws Exception {
        boolean put = answer.getMethod() == Answer.MethodEnum.PUT;
        HttpRequest.Builder request = HttpRequest.newBuilder(answer.getUrl())
            .method(answer.getMethod().getValue(), put ? HttpRequest.BodyPublishers.ofString(CONTENT) : HttpRequest.BodyPublishers.noBody());
        answer.getHeaders().forEach(request::header);
        var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        return response.statusCode() == 200 ? response.body() : "status " + response.statusCode();
    }

    static void check(String name, Callable<Boolean> run) {
        try {
            System.out.println(run.call() ? "pass " + name : "fail " + name + ": another result");
        } catch (Exception failed) {
            System.out.println("fail " + name + ": " + failed.toString().replaceAll("\\s+", " "));
        }
    }
}
