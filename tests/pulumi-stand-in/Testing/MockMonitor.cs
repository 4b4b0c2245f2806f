using System.Collections.Concurrent;
using System.Collections.Immutable;
using Pulumi.Serialization;

namespace Pulumi.Testing;

/// <summary>Answers in place of the engine and the providers.</summary>
public interface IMocks
{
    /// <summary>Called for every resource that is registered or read; gives its ID (none for a component) and its state.</summary>
    Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args);

    /// <summary>Called for every function of a provider; gives its result.</summary>
    Task<object> CallAsync(MockCallArgs args);

    /// <summary>Called with the outputs of every component, the stack included.</summary>
    Task RegisterResourceOutputs(MockRegisterResourceOutputsRequest args) => Task.CompletedTask;
}

public class MockResourceArgs
{
    public string? Type { get; set; }

    public string? Name { get; set; }

    /// <summary>The inputs: secrets unwrapped, numbers as doubles, without what is null or unknown.</summary>
    public ImmutableDictionary<string, object> Inputs { get; set; } = null!;

    /// <summary>The provider as <c>URN::ID</c>, or the empty string.</summary>
    public string? Provider { get; set; }

    /// <summary>The ID to read or import, or the empty string.</summary>
    public string? Id { get; set; }
}

public class MockCallArgs
{
    public string? Token { get; set; }

    public ImmutableDictionary<string, object> Args { get; set; } = null!;

    public string? Provider { get; set; }
}

public class MockRegisterResourceOutputsRequest(string urn, ImmutableDictionary<string, Output<object?>> outputs)
{
    public readonly string Urn = urn;

    public readonly ImmutableDictionary<string, Output<object?>> Outputs = outputs;
}

public class TestOptions
{
    public string? ProjectName { get; set; }

    public string? RootDirectory { get; set; }

    public string? StackName { get; set; }

    public bool? IsPreview { get; set; }

    public string? OrganizationName { get; set; }
}

/// <summary>A registration on its way to the mocks. ID is what is read or imported, else empty.</summary>
internal sealed record MonitorRequest(
    string Type, string Name, string ParentUrn, string Provider, string Id, ImmutableDictionary<string, object?> Properties);

internal sealed record MonitorResponse(string Urn, string Id, ImmutableDictionary<string, object?> State);

/// <summary>Replaces the engine's resource monitor, and calls the mocks.</summary>
internal sealed class MockMonitor(IMocks mocks)
{
    private readonly ConcurrentDictionary<string, MonitorResponse> _registered = new();
    private ImmutableArray<Resource> _resources = [];

    public ImmutableArray<Resource> Resources => _resources;

    public async Task<MonitorResponse> RegisterAsync(Resource resource, MonitorRequest request)
    {
        Note(resource);
        if (request.Type == Stack.RootType)
        {
            return new(NewUrn(request), "", ImmutableDictionary<string, object?>.Empty);
        }

        var (id, state) = await AskAsync(request).ConfigureAwait(false);
        return await AnswerAsync(request, id ?? request.Id, state).ConfigureAwait(false);
    }

    public async Task<MonitorResponse> ReadAsync(Resource resource, MonitorRequest request)
    {
        var (_, state) = await AskAsync(request).ConfigureAwait(false);
        var response = await AnswerAsync(request, request.Id, state).ConfigureAwait(false);
        Note(resource);
        return response;
    }

    public MonitorResponse Find(string urn)
        => _registered.GetValueOrDefault(urn) ?? throw new InvalidOperationException($"Unknown resource {urn}");

    public async Task<object?> InvokeAsync(string token, ImmutableDictionary<string, object?> args, string provider)
    {
        var result = await mocks.CallAsync(new() { Token = token, Args = Plain(args), Provider = provider }).ConfigureAwait(false);
        return await SerializeAsync(result).ConfigureAwait(false);
    }

    public Task RegisterOutputsAsync(string urn, ImmutableDictionary<string, object?> properties)
        => mocks.RegisterResourceOutputs(new(
            urn,
            properties.ToImmutableDictionary(p => p.Key, p => new Output<object?>(Task.FromResult(Deserializer.Deserialize(p.Value))))));

    private void Note(Resource resource) => ImmutableInterlocked.Update(ref _resources, (all, added) => all.Add(added), resource);

    private Task<(string? Id, object State)> AskAsync(MonitorRequest request) => mocks.NewResourceAsync(new()
    {
        Type = request.Type,
        Name = request.Name,
        Inputs = Plain(request.Properties),
        Provider = request.Provider,
        Id = request.Id,
    });

    private async Task<MonitorResponse> AnswerAsync(MonitorRequest request, string id, object state)
    {
        var response = new MonitorResponse(NewUrn(request), id, await SerializeAsync(state).ConfigureAwait(false));
        return _registered[response.Urn] = response;
    }

    // Unlike the engine's, the URN names only the first of the parents' types.
    private static string NewUrn(MonitorRequest request)
    {
        var root = request.ParentUrn.Length == 0 ? "" : request.ParentUrn.Split("::")[2].Split('$')[0] + "$";
        return $"urn:pulumi:{Deployment.Instance.StackName}::{Deployment.Instance.ProjectName}::{root}{request.Type}::{request.Name}";
    }

    private static ImmutableDictionary<string, object> Plain(ImmutableDictionary<string, object?> properties)
        => (from property in properties
            let data = Deserializer.Deserialize(property.Value)
            where data is { IsKnown: true, Value: not null }
            select KeyValuePair.Create(property.Key, data.Value!)).ToImmutableDictionary();

    private static async Task<ImmutableDictionary<string, object?>> SerializeAsync(object answer)
    {
        var value = answer is IDictionary<string, object> map ? map.ToImmutableDictionary() : answer;
        return await new Serializer(keepResources: true).SerializeAsync("", value).ConfigureAwait(false) as ImmutableDictionary<string, object?>
            ?? throw new InvalidOperationException($"{value.GetType().FullName} is not a supported argument type");
    }
}
