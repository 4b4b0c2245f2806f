using System.Buffers.Binary;
using System.Text;

namespace GopherMesh.Tests.Instruments;

/// <summary>A protobuf message, read field by field without its schema.</summary>
/// <seealso href="https://protobuf.dev/programming-guides/encoding/"/>
internal sealed class ProtoMessage
{
    private readonly ILookup<int, byte[]> _fields;

    public ProtoMessage(byte[] message) => _fields = Read(message).ToLookup(field => field.Number, field => field.Value);

    /// <summary>All messages under a path of field numbers.</summary>
    public IEnumerable<ProtoMessage> At(params int[] path) => path.Aggregate(
        (IEnumerable<ProtoMessage>)[this],
        (messages, field) => messages.SelectMany(message => message._fields[field].Select(value => new ProtoMessage(value))));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

    /// <summary>An integer, of either form; 0 where it is absent, as protobuf has it.</summary>
    public ulong Number(int field) => Bytes(field) is { Length: > 0 } bytes ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;

    private byte[] Bytes(int field) => _fields[field].LastOrDefault([]);

    private static List<(int Number, byte[] Value)> Read(byte[] message)
    {
        var (fields, at) = (new List<(int, byte[])>(), 0);
        while (at < message.Length)
        {
            var tag = Varint();
            fields.Add(((int)(tag >> 3), (tag & 7) switch
            {
                0 => BitConverter.GetBytes(Varint()),
                1 => Take(8),
                2 => Take((int)Varint()),
                5 => Take(4),
                var type => throw new InvalidDataException($"wire type {type}"),
            }));
        }

        return fields;

        byte[] Take(int length) => message[at..(at += length)];

        ulong Varint()
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var part = message[at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
