// The same loop as a script: every page, one mapping call a task four at a time, a record each, no state.
import kafkajs from 'kafkajs';
const [base, brokers, topic, mode] = process.argv.slice(2);
const tasks = base + '/backend-api/wham/tasks';
const get = async url => (await fetch(url)).json();
const producer = new kafkajs.Kafka({brokers: [brokers], logLevel: 0}).producer();
await producer.connect();
let cursor = '';
while (cursor !== null) {
    const page = await get(`${tasks}/list?limit=20&task_filter=current${cursor}`);
    const found = [];
    for (let i = 0; i < page.items.length; i += 4) {
        found.push(...await Promise.all(page.items.slice(i, i + 4).map(
            task => mode === 'mapping' ? get(`${tasks}/${task.id}/turns`) : task)));
    }
    if (found.length) {
        await producer.send({topic, messages: found.map((value, i) => ({key: page.items[i].id, value: JSON.stringify(value)}))});
    }
    cursor = page.cursor ? '&cursor=' + page.cursor : null;
}
await producer.disconnect();
console.log('done');
setInterval(() => {}, 1 << 30); // stays, so that what it cost can be read
