using GopherMesh.Service;

namespace GopherMesh.Requester;

/// <summary>gopher-requester: calls the distributor and prefixes its answer.</summary>
public static class RequesterApp
{
    /// <summary>The service's name.</summary>
    public const string Name = "gopher-requester";

    /// <summary>Declares the service: <c>GET /</c> calls the distributor, next to the probes; any other path is 404.</summary>
    /// <exception cref="EnvironmentException">The environment is wrong.</exception>
    public static WebApplication Build(ServiceEnvironment environment)
    {
        var settings = RequesterSettings.Read(environment);
        var builder = ServiceDefaults.CreateBuilder(settings.Service);
        builder.Services.AddSingleton(settings).AddSingleton<DistributorClient>();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapProbes();
        var distributor = app.Services.GetRequiredService<DistributorClient>();
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], async context =>
        {
            var answer = await distributor.AskAsync(context.Request, context.RequestAborted);
            if (answer.SetCookie is { } cookie)
            {
                context.Response.Headers.SetCookie = cookie;
            }

            await context.AnswerAsync(answer.Status, answer.Text);
        });
        return app;
    }
}
