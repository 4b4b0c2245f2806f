using System.Collections.Immutable;
using Pulumi.Testing;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>Answers the program's resources and calls as their providers would, as far as the program looks, and keeps the inputs.</summary>
internal sealed class RecordingMocks : IMocks
{
    private readonly Dictionary<(string Type, string Name), (ImmutableDictionary<string, object> Inputs, string? Provider)> _inputs = [];

    /// <summary>The inputs and the provider's reference of every resource that was registered, by type and name.</summary>
    public IReadOnlyDictionary<(string Type, string Name), (ImmutableDictionary<string, object> Inputs, string? Provider)> Inputs => _inputs;

    /// <inheritdoc/>
    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        var (type, name) = (args.Type ?? "", args.Name ?? "");
        lock (_inputs)
        {
            _inputs[(type, name)] = (args.Inputs, args.Provider);
        }

        return Task.FromResult<(string?, object)>((ProviderAnswers.Id(type, name, args.Inputs), ProviderAnswers.State(type, name, args.Inputs)));
    }

    /// <inheritdoc/>
    public Task<object> CallAsync(MockCallArgs args) => Task.FromResult<object>(ProviderAnswers.Call(args.Token ?? ""));
}
