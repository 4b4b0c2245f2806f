using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GopherMesh.Gopherctl.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.Gopherctl.Page;

/// <summary>
/// Serves the page on loopback. It answers only requests for a loopback host and from its own origin, so that no page of another site
/// can read it by a name that it has made point to 127.0.0.1 (DNS rebinding). What changes something needs the token of the printed address too.
/// </summary>
internal sealed class PageServer : IAsyncDisposable
{
    private const string TokenHeader = "X-Page-Token";
    private const int MostBody = 4096;

    // https://www.w3.org/TR/CSP3/: nothing from elsewhere, nothing inline, in nobody's frame.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    private static readonly string[] Scripts = ["page.js", "graph.js", "layout.js", "figures.js", "hand.js"];

    private static readonly ImmutableDictionary<string, (string Type, byte[] Content)> Files = ImmutableDictionary.CreateRange(
    [
        File("/", "page.html", "text/html; charset=utf-8"),
        File("/page.css", "page.css", "text/css; charset=utf-8"),
        File("/icon.svg", "icon.svg", "image/svg+xml"),
        .. Scripts.Select(script => File($"/{script}", script, "text/javascript; charset=utf-8")),
    ]);

    private readonly WebApplication _app;
    private readonly IPageSystem _system;
    private readonly PageEvents _events;
    private readonly byte[] _token = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));

    private PageServer(WebApplication app, IPageSystem system, LiveFigures figures)
    {
        (_app, _system) = (app, system);
        _events = new(system, figures);
    }

    /// <summary>The address to open, with the token. It stands behind the #, which browsers send to nobody.</summary>
    public Uri Address => new($"{_app.Urls.Single()}/#token={Encoding.ASCII.GetString(_token)}");

    /// <summary>The bytes of all files of the page, as they are sent.</summary>
    public static IReadOnlyDictionary<string, byte[]> Content => Files.ToDictionary(file => file.Key, file => file.Value.Content);

    /// <summary>Begins to serve.</summary>
    /// <param name="port">The port of 127.0.0.1; 0 for a free one.</param>
    /// <param name="system">The system that the page shows and moves.</param>
    /// <param name="figures">The figures of its requests.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserException">The port is taken.</exception>
    public static async Task<PageServer> StartAsync(int port, IPageSystem system, LiveFigures figures, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBody;
        });
        builder.Quieten();
        var app = builder.Build();
        var server = new PageServer(app, system, figures);
        app.Run(server.AnswerAsync);
        try
        {
            await app.StartAsync(cancellation);
            return server;
        }
        catch (IOException taken)
        {
            await app.DisposeAsync();
            throw new UserException(taken.Message, "--page-port", "Use another port, or leave the option out: a free one is taken then.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(impatient.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync();
    }

    private static KeyValuePair<string, (string, byte[])> File(string path, string name, string type)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return new(path, (type, content.ToArray()));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        var request = context.Request;
        if (!IsOwn(request))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "This page answers only at the address that was printed, and only itself.");
        }
        else if (HttpMethods.IsGet(request.Method) && request.Path == "/events")
        {
            await _events.ServeAsync(context);
        }
        else if (HttpMethods.IsGet(request.Method) && Files.TryGetValue(request.Path, out var file))
        {
            context.Response.ContentType = file.Type;
            await context.Response.Body.WriteAsync(file.Content, context.RequestAborted);
        }
        else if (HttpMethods.IsPost(request.Method))
        {
            await ObeyAsync(context);
        }
        else
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "There is nothing here.");
        }
    }

    // A browser sends Origin with every request of another origin that could read or change something.
    private static bool IsOwn(HttpRequest request)
    {
        var port = request.HttpContext.Connection.LocalPort.ToString(CultureInfo.InvariantCulture);
        string[] hosts = [$"127.0.0.1:{port}", $"localhost:{port}", $"[::1]:{port}"];
        return hosts.Contains(request.Host.Value, StringComparer.OrdinalIgnoreCase)
            && (StringValues.IsNullOrEmpty(request.Headers.Origin) || string.Equals(request.Headers.Origin, $"http://{request.Host.Value}", StringComparison.OrdinalIgnoreCase));
    }

    private async Task ObeyAsync(HttpContext context)
    {
        var given = Encoding.ASCII.GetBytes(context.Request.Headers[TokenHeader].ToString());
        if (!CryptographicOperations.FixedTimeEquals(given, _token))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "This needs the token of the printed address: open the address that the running command has printed.");
            return;
        }

        try
        {
            if (await CommandAsync(context) is { } command)
            {
                await SayAsync(context, StatusCodes.Status200OK, new { said = await _system.ObeyAsync(command, context.RequestAborted) });
                return;
            }

            await RefuseAsync(context, StatusCodes.Status404NotFound, "There is nothing here.");
        }
        catch (UserException refused)
        {
            await RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, $"{refused.Message} {refused.Remedy}");
        }
        catch (Exception wrong) when (wrong is JsonException or BadHttpRequestException)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "This is not what the page sends.");
        }
    }

    private static async Task<PageCommand?> CommandAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/settings" => await BodyAsync<ChangeSettings>(context),
        "/undo" => await BodyAsync<UndoSettings>(context),
        "/fault" => await BodyAsync<SetFault>(context),
        "/load" => await BodyAsync<SetLoad>(context),
        "/preview" => await BodyAsync<SendPreview>(context),
        "/abort" => await BodyAsync<AbortRollout>(context),
        _ => null,
    };

    private static async Task<T> BodyAsync<T>(HttpContext context)
        where T : PageCommand => await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Json, context.RequestAborted) ?? throw new JsonException();

    private static Task RefuseAsync(HttpContext context, int status, string reason) => SayAsync(context, status, new { refused = reason });

    private static async Task SayAsync<T>(HttpContext context, int status, T answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, answer, Json, context.RequestAborted);
    }
}
